import { expect, test } from 'vitest';
import { join } from '../charts/join.js';
import { columnsOf } from './columns.js';

test('of a clock that was set back two readings of one moment are one point, and the line goes on', () => {
  const line = columnsOf({ at: [0, 10, 10, 20, 30], low: [1, 5, 4, 2, 3], high: null });
  expect(line).toEqual({ at: [0, 10, 20, 30], low: [1, 4, 2, 3], high: [1, 5, 2, 3] });
  const other = columnsOf({ at: [5], low: [9], high: null });
  expect(join([line, other]).lines[0]?.low).toEqual([1, undefined, 4, 2, 3]);
});
