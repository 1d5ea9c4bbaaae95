import fc from 'fast-check';
import { expect, test } from 'vitest';
import { niceStep, rangeOf } from './range.js';

test.each([
  [0.03, 0.05],
  [1, 1],
  [1.01, 2],
  [21, 50],
  [7e-5, 1e-4],
])('a step of at least %d is %d', (least, step) => {
  expect(niceStep(least)).toBeCloseTo(step, 10);
});

test('the flicker of the last digit does not fill the picture', () => {
  const { min, max } = rangeOf(7.0, 7.01, 0.01, null);
  expect(max - min).toBeGreaterThanOrEqual(0.2);
});

test('nothing keeps what was', () => {
  expect(rangeOf(null, null, 0.01, { min: 3, max: 4 })).toEqual({ min: 3, max: 4 });
  expect(rangeOf(null, null, 0.01, null)).toEqual({ min: 0, max: 1 });
});

test('it stays while the values stay in it, and follows when they are a small part of it', () => {
  const before = rangeOf(0, 10, 0.1, null);
  expect(rangeOf(1, 9.5, 0.1, before)).toBe(before);
  expect(rangeOf(0, 16, 0.1, before)).not.toBe(before);
  const later = rangeOf(4.9, 5, 0.01, before);
  expect(later.max - later.min).toBeLessThan(3);
});

test('whatever the values, they are in it, and it is not empty', () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const step = fc.constantFrom(1, 0.1, 0.01, 0.001);
  fc.assert(
    fc.property(value, value, step, (a, b, least) => {
      const { min, max } = rangeOf(Math.min(a, b), Math.max(a, b), least, null);
      expect(min).toBeLessThanOrEqual(Math.min(a, b));
      expect(max).toBeGreaterThanOrEqual(Math.max(a, b));
      expect(max).toBeGreaterThan(min);
    }),
  );
});
