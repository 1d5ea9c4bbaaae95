import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ZoneClock } from './zone-clock.js';

it.each([
  ['Europe/Warsaw', '2026-10-25T00:59:59.999Z', '2026-10-25 02:59:59.999', '+02:00'],
  ['Europe/Warsaw', '2026-10-25T01:00:00.000Z', '2026-10-25 02:00:00.000', '+01:00'],
  ['UTC', '2026-10-25T01:00:00.000Z', '2026-10-25 01:00:00.000', '+00:00'],
  ['Asia/Kathmandu', '2026-01-01T00:00:00.000Z', '2026-01-01 05:45:00.000', '+05:45'],
  ['America/St_Johns', '2026-01-01T00:00:00.000Z', '2025-12-31 20:30:00.000', '-03:30'],
])('%s at %s: %s %s', (zone, instant, local, offset) => {
  const clock = new ZoneClock(zone);
  const ms = Date.parse(instant);
  expect([clock.local(ms), clock.offset(ms)]).toEqual([local, offset]);
});

it('what it remembers of one instant does not hold for another', () => {
  const zone = 'Australia/Lord_Howe';
  const clock = new ZoneClock(zone);
  const instants = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2040, 0) });
  fc.assert(
    fc.property(instants, (ms) => {
      expect(clock.offsetMs(ms)).toBe(new ZoneClock(zone).offsetMs(ms));
    }),
  );
});

it('a zone that there is not', () => {
  expect(() => new ZoneClock('Europe/Atlantis')).toThrow(
    expect.objectContaining({ code: 'unknown_time_zone' }),
  );
});
