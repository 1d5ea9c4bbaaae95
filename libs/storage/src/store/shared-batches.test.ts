import { describe, expect, it } from 'vitest';
import { SharedBatches } from './shared-batches.js';

const bytes = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill);

describe('SharedBatches', () => {
  it('lends shared memory with the pieces one behind the other', () => {
    const { lines } = new SharedBatches().lend([bytes(2, 1), bytes(0, 9), bytes(3, 2)]);
    expect([...lines]).toEqual([1, 1, 2, 2, 2]);
    expect(lines.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('does not touch what was lent until it is given back, and uses that again', () => {
    const batches = new SharedBatches();
    const first = batches.lend([bytes(10, 1)]);
    const second = batches.lend([bytes(10, 2)]);
    expect(second.lines.buffer).not.toBe(first.lines.buffer);
    expect([...first.lines]).toEqual([...bytes(10, 1)]);
    first.giveBack();
    const third = batches.lend([bytes(5, 3)]);
    expect(third.lines.buffer).toBe(first.lines.buffer);
    expect([...third.lines]).toEqual([3, 3, 3, 3, 3]);
    expect([...second.lines]).toEqual([...bytes(10, 2)]);
  });

  it('takes what is larger than anything before, and keeps a few of the largest', () => {
    const batches = new SharedBatches();
    const small = [1, 2, 3].map(() => batches.lend([bytes(1, 1)]));
    const large = batches.lend([bytes(1_000_000, 7)]);
    expect(large.lines.every((byte) => byte === 7)).toBe(true);
    for (const { giveBack } of [...small, large]) giveBack();
    const again = batches.lend([bytes(999_000, 8)]);
    expect(again.lines.buffer).toBe(large.lines.buffer);
  });
});
