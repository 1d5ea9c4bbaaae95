import { describe, expect, test } from 'vitest';
import { Decimals, decimalsOf } from './decimals.js';

describe('decimals', () => {
  test.each([
    [7, 0],
    [7.1, 1],
    [-7.02, 2],
    [0.001, 3],
    [1e-7, 6],
    [1.5e-3, 4],
    [1e21, 0],
    [Number.NaN, 0],
  ])('%d needs %d', (value, decimals) => {
    expect(decimalsOf(value)).toBe(decimals);
  });

  test('the most that was seen counts, for each unit by itself', () => {
    const seen = new Decimals();
    for (const value of [7, 7.12, 7.1]) seen.see('pH', value);
    seen.see('°C', 25.5);
    expect(seen.of('pH')).toBe(2);
    expect(seen.of('°C')).toBe(1);
    expect(seen.of('mV')).toBe(0);
  });

  test('a value that rests keeps its decimals', () => {
    const seen = new Decimals();
    seen.see('pH', 7.01);
    for (let i = 0; i < 10_000; i++) seen.see('pH', 7);
    expect(seen.of('pH')).toBe(2);
  });

  test('another range of the meter, with fewer decimals, is followed', () => {
    const seen = new Decimals();
    seen.see('µS/cm', 19.99);
    for (let i = 0; i < 40; i++) seen.see('µS/cm', 20 + i / 10);
    expect(seen.of('µS/cm')).toBe(1);
  });
});
