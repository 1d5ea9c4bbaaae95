import { describe, expect, test } from 'vitest';
import type { Curve } from '../../../src/api/readings.js';
import { mainUnit, readingsIn, withNeighbours } from './session-picture.js';

const curve = (at: number[], bucket_ms = 0): Curve => ({
  from: at[0]!,
  to: at.at(-1)!,
  readings: at.length,
  bucket_ms,
  values: [{ unit: 'pH', at, low: at.map(() => 7), high: null }],
  temperatures: [],
});

describe('what is asked for', () => {
  const session = { first: 0, last: 1_000_000, readings: 100 };

  test('reaches to the neighbours of a view that is narrower than their distance', () => {
    expect(withNeighbours({ from: 502_000, to: 507_000 }, session)).toEqual({
      from: 472_000,
      to: 537_000,
    });
  });

  test('is never more than there is, nor less than is shown', () => {
    expect(withNeighbours({ from: 0, to: 1_000_000 }, session)).toEqual({
      from: 0,
      to: 1_000_000,
    });
    const one = { first: 5000, last: 5000, readings: 1 };
    expect(withNeighbours({ from: 4500.5, to: 5500.5 }, one)).toEqual({ from: 4500, to: 5501 });
  });
});

test('readings are counted where they are shown, and by the server where they are many', () => {
  const some = curve([0, 10_000, 20_000, 30_000]);
  expect(readingsIn(some, { from: 0, to: 30_000 })).toBe(4);
  expect(readingsIn(some, { from: 9000, to: 21_000 })).toBe(2);
  expect(readingsIn(some, { from: 11_000, to: 12_000 })).toBe(0);
  expect(readingsIn(curve([0, 10_000, 20_000], 5000), { from: 9000, to: 11_000 })).toBe(3);
});

test('the unit that was shown most often is the one that is drawn first', () => {
  const two = curve([0, 1, 2]);
  two.values.unshift({ unit: 'mV', at: [0, 1, 2], low: [null, null, 5], high: null });
  expect(mainUnit(two)).toBe('pH');
  expect(mainUnit({ ...two, values: [] })).toBeNull();
});
