import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deviceTimeColumn, sameColumns, sameMetadata } from './row-mapping.js';

it('takes any time of the calendar as seconds, to the same text and back', () => {
  const calendar = fc.integer({ min: -62_167_219_200, max: 253_402_300_799 });
  fc.assert(
    fc.property(calendar, (seconds) => {
      const text = new Date(seconds * 1000).toISOString().slice(0, 19);
      expect(deviceTimeColumn(text)).toBe(seconds);
    }),
  );
});

it.each(['2026-02-30T12:00:00', '2026-02-01 12:00:00', '26-02-2026T12:00:00', '', '?'.repeat(19)])(
  'keeps %j as the text that it is',
  (text) => {
    expect(deviceTimeColumn(text)).toBe(text);
  },
);

it('compares frames by their bytes, and texts as the store would hold them', () => {
  const stored = { frame: new Uint8Array([1, 2, 3]), text: 'a\ufffd', number: 0, nothing: null };
  const given = { frame: Buffer.from([1, 2, 3]), text: 'a\ud800', number: -0, nothing: null };
  expect(sameColumns(stored, given)).toBe(true);
  expect(sameColumns(stored, { ...given, frame: Buffer.from([1, 2, 4]) })).toBe(false);
  expect(sameColumns(stored, { ...given, text: 'a' })).toBe(false);
  expect(sameColumns<Record<string, number | null>>({ a: null }, { a: 0 })).toBe(false);
});

it('compares metadata by key, whatever their order', () => {
  const rows = [
    { key: 'a', value: 1, at_ms: 5 },
    { key: 'b', value: '1', at_ms: 5 },
  ];
  expect(sameMetadata(rows, rows.toReversed())).toBe(true);
  expect(sameMetadata(rows, rows.slice(1))).toBe(false);
  expect(sameMetadata(rows, [rows[0]!, { key: 'b', value: 1, at_ms: 5 }])).toBe(false);
});
