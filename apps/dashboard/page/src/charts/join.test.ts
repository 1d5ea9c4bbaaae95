import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Columns } from '../live/columns.js';
import { join, lonely } from './join.js';

const columns = (at: number[], low: (number | null)[], high = low): Columns => ({ at, low, high });

test('lines with the same times are taken as they are', () => {
  const a = columns([1, 2], [5, null]);
  const table = join([a, columns([1, 2], [7, 8])]);
  expect(table.x).toBe(a.at);
  expect(table.lines).toEqual([
    { low: [5, null], high: null },
    { low: [7, 8], high: null },
  ]);
});

test('where a line has no point there is a hole that does not break it', () => {
  const table = join([columns([1, 3], [5, 6]), columns([2, 3], [1, null], [4, null])]);
  expect(table.x).toEqual([1, 2, 3]);
  expect(table.lines).toEqual([
    { low: [5, undefined, 6], high: null },
    { low: [undefined, 1, null], high: [undefined, 4, null] },
  ]);
});

test('no line is no table', () => {
  expect(join([])).toEqual({ x: [], lines: [] });
});

test('every point is in the table, at its time', () => {
  const line = fc.uniqueArray(fc.nat(50)).map((times) => {
    const at = times.toSorted((a, b) => a - b);
    return columns(
      at,
      at.map((t) => (t % 5 === 0 ? null : t)),
    );
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
      const table = join(lines);
      for (let i = 1; i < table.x.length; i++) expect(table.x[i]!).toBeGreaterThan(table.x[i - 1]!);
      for (const [i, { at, low }] of lines.entries()) {
        const cells = table.lines[i]!.low;
        expect(cells).toHaveLength(table.x.length);
        expect(cells.filter((cell) => cell !== undefined)).toEqual(low);
        expect(table.x.filter((_, k) => cells[k] !== undefined)).toEqual(at);
      }
    }),
  );
});

test('a point between two breaks is lonely, one with a neighbour is not', () => {
  expect(lonely([1, null, 2, undefined, null, 3, 4, null, undefined, 5], 0, 9)).toEqual([0, 2, 9]);
  expect(lonely([1, undefined, 2], 0, 2)).toEqual([]);
  expect(lonely([undefined, 7, undefined], 0, 2)).toEqual([1]);
});
