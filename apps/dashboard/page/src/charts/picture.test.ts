import { expect, test } from 'vitest';
import {
  cursorAfter,
  isEmpty,
  readAt,
  stops,
  summaryOf,
  type Line,
  type Picture,
} from './picture.js';

const line: Line = {
  key: 'value:pH',
  label: 'pH',
  unit: 'pH',
  decimals: 2,
  columns: {
    at: [0, 1000, 2000, 5000, 9000],
    low: [7, 6.9, null, 7.2, 7.3],
    high: [7, 7.1, null, 7.4, 7.3],
  },
  look: 0,
  side: 'left',
};

const picture: Picture = {
  from: 500,
  to: 9000,
  lines: [line],
  marks: [],
  stretches: [],
  origin: 'real',
  elapsed: false,
};

test('the nearest value is read, and none where there is a gap', () => {
  expect(readAt(picture, 1100)).toMatchObject([{ at: 1000, low: 6.9, high: 7.1 }]);
  expect(readAt(picture, 2000)).toEqual([]);
  expect(readAt(picture, 3500)).toEqual([]);
});

test('a line that only crosses what is shown is something to see, a gap is not', () => {
  expect(isEmpty(picture)).toBe(false);
  expect(isEmpty({ ...picture, from: 6000, to: 7000 })).toBe(false);
  expect(isEmpty({ ...picture, from: 2500, to: 3500 })).toBe(true);
  expect(isEmpty({ ...picture, from: 10_000, to: 11_000 })).toBe(true);
  expect(isEmpty({ ...picture, lines: [] })).toBe(true);
});

test('a cursor stands where values are', () => {
  expect(stops(picture)).toEqual([1000, 5000, 9000]);
});

test('a cursor comes in at the last point, and goes to the first when it is told to', () => {
  const all = [10, 20, 30, 40];
  for (const by of [-1, 1, -50, Infinity]) expect(cursorAfter(all, null, by)).toBe(40);
  expect(cursorAfter(all, null, -Infinity)).toBe(10);
  expect(cursorAfter(all, 40, -1)).toBe(30);
  expect(cursorAfter(all, 20, 1)).toBe(30);
  expect(cursorAfter(all, 25, 1)).toBe(30);
  expect(cursorAfter(all, 25, -1)).toBe(20);
  expect(cursorAfter(all, 20, 50)).toBe(40);
  expect(cursorAfter(all, 20, -Infinity)).toBe(10);
  expect(cursorAfter([], null, 1)).toBeNull();
});

test('a curve is told in words', () => {
  expect(summaryOf(line, 500, 9000)).toMatchObject({
    points: 3,
    least: 6.9,
    greatest: 7.4,
    last: 7.3,
    breaks: 1,
  });
  expect(summaryOf(line, 10_000, 20_000)).toBeNull();
});
