import { describe, expect, it } from 'vitest';
import { LagBook } from './lag-book.js';

function book() {
  const lags: number[] = [];
  return { lags, book: new LagBook(lags) };
}

describe('lag book', () => {
  it('counts every record that an acknowledgement covers, once', () => {
    const { lags, book: of } = book();
    for (const at of [10, 20, 30]) of.made(at);
    of.acknowledged(1, 25);
    of.acknowledged(1, 99);
    of.acknowledged(2, 31);
    expect(lags).toEqual([15, 5, 1]);
  });

  it('knows how many wait', () => {
    const { book: of } = book();
    expect(of.waiting).toBe(0);
    for (const at of [1, 2, 3]) of.made(at);
    expect(of.waiting).toBe(3);
    of.acknowledged(1, 4);
    expect(of.waiting).toBe(1);
  });

  it('leaves out those that are not to count', () => {
    const { lags, book: of } = book();
    of.made(NaN);
    of.made(5);
    of.acknowledged(1, 8);
    expect(lags).toEqual([3]);
  });

  it('believes no acknowledgement of what was never made', () => {
    const { book: of } = book();
    of.made(1);
    expect(() => of.acknowledged(1, 2)).toThrow(/never made/);
  });
});
