import { expect, test } from 'vitest';
import { delaysOf } from './reading-delays.js';

const moments = (...of: (readonly [value: number, at: number])[]) =>
  of.map(([value, at]) => ({ value, at }));

test('each reading until it is shown', () => {
  const { delays, waiting } = delaysOf(moments([7, 0], [8, 100]), moments([7, 15], [8, 130]), 1);
  expect(delays).toEqual([15, 30]);
  expect(waiting).toEqual([]);
});

test('one that was passed over waits for the next that is shown', () => {
  const arrived = moments([7, 0], [8, 100], [9, 200]);
  expect(delaysOf(arrived, moments([9, 210]), 1).delays).toEqual([210, 110, 10]);
});

test('what is not shown yet goes on waiting', () => {
  const { delays, waiting } = delaysOf(moments([7, 0], [8, 100]), moments([7, 15]), 1);
  expect(delays).toEqual([15]);
  expect(waiting).toEqual(moments([8, 100]));
});

test('a value that was there before is not the reading that has it again', () => {
  const { delays, waiting } = delaysOf(moments([7, 1000]), moments([7, 15]), 1);
  expect(delays).toEqual([]);
  expect(waiting).toHaveLength(1);
});
