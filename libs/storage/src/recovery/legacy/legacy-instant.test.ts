import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toUtcInstant } from './legacy-instant.js';

describe('a time as the predecessor wrote it', () => {
  it.each([
    ['2025-09-26T13:24:00.123Z', '2025-09-26T13:24:00.123Z'],
    ['2025-09-26T13:24:00', '2025-09-26T13:24:00.000Z'],
    ['2025-09-26 13:24:00.5', '2025-09-26T13:24:00.500Z'],
    ['2025-09-26T13:24:00.123999+00:00', '2025-09-26T13:24:00.123Z'],
    ['2025-09-26T15:24:00.123456+02:00', '2025-09-26T13:24:00.123Z'],
    ['2025-09-26T00:24:00-0130', '2025-09-26T01:54:00.000Z'],
    ['2025-09-26T13:24', '2025-09-26T13:24:00.000Z'],
    ['2024-02-29T23:59:59,9+00', '2024-02-29T23:59:59.900Z'],
  ])('%s is %s', (written, utc) => {
    expect(toUtcInstant(written)).toBe(utc);
  });

  it.each(['', 'yesterday', '2025-02-31T00:00:00', '2025-09-26', '2025-09-26T25:00:00Z', '1727'])(
    '%j is no instant',
    (written) => {
      expect(toUtcInstant(written)).toBeUndefined();
    },
  );

  it('of any offset is the same instant', () => {
    const date = fc.date({
      min: new Date('1990-01-01T00:00:00Z'),
      max: new Date('2090-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, fc.integer({ min: -14 * 60, max: 14 * 60 }), (instant, minutes) => {
        const sign = minutes < 0 ? '-' : '+';
        const offset = Math.abs(minutes);
        const two = (n: number): string => String(n).padStart(2, '0');
        const local = new Date(instant.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        const written = `${local}${sign}${two(Math.floor(offset / 60))}:${two(offset % 60)}`;
        expect(toUtcInstant(written)).toBe(instant.toISOString());
      }),
    );
  });
});
