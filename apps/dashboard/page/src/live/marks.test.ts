import { expect, test } from 'vitest';
import type { Mark } from '../../../src/api/readings.js';
import { MarkBook } from './marks.js';

const mark = (at: number, more: Partial<Mark> = {}): Mark => ({
  kind: 'note',
  session: 's',
  at,
  until: null,
  level: 'info',
  text: 'buffer changed',
  author: null,
  ...more,
});

test('a mark that comes twice is there once, in the order of time', () => {
  const book = new MarkBook();
  expect(book.add([mark(20), mark(10)])).toBe(true);
  expect(book.add([mark(20)])).toBe(false);
  expect(book.within(0, 100).map(({ at }) => at)).toEqual([10, 20]);
});

test('a gap gets its end, and is seen as long as a part of it is', () => {
  const book = new MarkBook();
  book.add([mark(10, { kind: 'gap' })]);
  expect(book.add([mark(10, { kind: 'gap', until: 50, text: 'over after 40 ms' })])).toBe(true);
  expect(book.add([mark(10, { kind: 'gap', until: 50, text: 'over after 40 ms' })])).toBe(false);
  expect(book.within(40, 60)).toMatchObject([{ until: 50 }]);
  book.drop(40);
  expect(book.within(0, 60)).toHaveLength(1);
  book.drop(51);
  expect(book.within(0, 60)).toHaveLength(0);
});

test('it does not grow for ever', () => {
  const book = new MarkBook();
  for (let at = 0; at < 2000; at++) book.add([mark(at)]);
  expect(book.within(0, 2000)).toHaveLength(500);
  expect(book.within(0, 2000).at(-1)?.at).toBe(1999);
});
