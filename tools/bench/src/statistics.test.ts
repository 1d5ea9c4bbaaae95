import { expect, test } from 'vitest';
import { median, quantile, spread } from './statistics.js';

test('the median is the middle one, or between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([10, 9])).toBe(9.5);
});

test('quantiles are taken by size, not by text and not by order', () => {
  const values = Array.from({ length: 101 }, (_, i) => 100 - i);
  expect(quantile(values, 0)).toBe(0);
  expect(quantile(values, 0.99)).toBe(99);
  expect(quantile(values, 1)).toBe(100);
  expect(quantile([2, 10, 100], 0.5)).toBe(10);
});

test('nothing measured has no median', () => {
  expect(() => median([])).toThrow(RangeError);
});

test('the spread is half the way from least to most, as a share of the median', () => {
  expect(spread([90, 100, 110])).toBeCloseTo(0.1);
  expect(spread([100])).toBe(0);
  expect(spread([0, 0])).toBe(0);
});
