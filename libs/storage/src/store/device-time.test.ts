import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deviceTimeColumn } from './device-time.js';

it('takes any time of the calendar as seconds, to the same text and back', () => {
  const calendar = fc.integer({ min: -62_167_219_200, max: 253_402_300_799 });
  fc.assert(
    fc.property(calendar, (seconds) => {
      const text = new Date(seconds * 1000).toISOString().slice(0, 19);
      expect(deviceTimeColumn(text)).toBe(seconds);
    }),
  );
});

it.each([
  '2026-02-30T12:00:00',
  '2026-02-29T12:00:00',
  '2024-13-01T12:00:00',
  '2024-01-01T24:00:00',
  '2026-02-01 12:00:00',
  '26-02-2026T12:00:00',
  '',
  '?'.repeat(19),
])('keeps %j as the text that it is', (text) => {
  expect(deviceTimeColumn(text)).toBe(text);
});
