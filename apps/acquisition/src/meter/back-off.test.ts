import { expect, test } from 'vitest';
import { BackOff } from './back-off.js';

test('doubles up to its ceiling, and begins anew after a success', () => {
  const backOff = new BackOff(100, 500);
  expect([1, 2, 3, 4, 5].map(() => backOff.next())).toEqual([100, 200, 400, 500, 500]);
  backOff.succeeded();
  expect(backOff.next()).toBe(100);
});
