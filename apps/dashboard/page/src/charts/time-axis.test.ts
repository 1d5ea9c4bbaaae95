import { expect, test } from 'vitest';
import { decimalsFor, elapsedLabels } from './time-axis.js';

test.each([
  [5, 0],
  [100, 0],
  [2.5, 1],
  [0.1, 1],
  [0.25, 2],
  [0.002, 3],
])('numbers %d apart need %d decimals', (step, decimals) => {
  expect(decimalsFor(step)).toBe(decimals);
});

test('below a second the steps since the start show it', () => {
  expect(elapsedLabels([0, 500], 500)).toEqual(['0:00.000', '0:00.500']);
  expect(elapsedLabels([0, 900_000], 900_000)).toEqual(['0:00', '15:00']);
});
