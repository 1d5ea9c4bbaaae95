import { expect, it } from 'vitest';
import { sameColumns, sameMetadata } from './row-mapping.js';

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
