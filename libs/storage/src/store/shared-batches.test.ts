import { describe, expect, it } from 'vitest';
import { LineScanner } from '@elmetron/protocol';
import { SharedBatches, type LentBatch } from './shared-batches.js';

const bytes = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill);

/** Kept until it is given back. */
function lendFrom(batches: SharedBatches, ...pieces: Uint8Array[]) {
  const lent = batches.lend({ lines: pieces, recovered: false });
  return { ...lent, lines: linesOf(lent) };
}

function linesOf({ batch: { lines } }: LentBatch): Uint8Array {
  if (lines instanceof Uint8Array) return lines;
  throw new Error('more than one piece');
}

describe('SharedBatches', () => {
  it('lends shared memory with the pieces one behind the other', () => {
    const { lines } = lendFrom(new SharedBatches(), bytes(2, 1), bytes(0, 9), bytes(3, 2));
    expect([...lines]).toEqual([1, 1, 2, 2, 2]);
    expect(lines.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('lends the tables of the pieces as the one of all lines, in the same memory', () => {
    const scanner = new LineScanner();
    const pieces = ['a\nbc\n', 'def\n'].map((text) => Buffer.from(text));
    const { batch } = new SharedBatches().lend({
      lines: pieces,
      tables: pieces.map((lines) => scanner.scan(lines)),
      recovered: true,
    });
    const { lines, numbers, places } = scanner.scan(Buffer.concat(pieces));
    expect(batch).toMatchObject({ recovered: true, tables: [{ lines, numbers, places }] });
    expect(batch.tables?.[0]?.places.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('does not touch what was lent until it is given back, and uses that again', () => {
    const batches = new SharedBatches();
    const first = lendFrom(batches, bytes(10, 1));
    const second = lendFrom(batches, bytes(10, 2));
    expect(second.lines.buffer).not.toBe(first.lines.buffer);
    expect([...first.lines]).toEqual([...bytes(10, 1)]);
    first.giveBack();
    const third = lendFrom(batches, bytes(5, 3));
    expect(third.lines.buffer).toBe(first.lines.buffer);
    expect([...third.lines]).toEqual([3, 3, 3, 3, 3]);
    expect([...second.lines]).toEqual([...bytes(10, 2)]);
  });

  it('takes what is larger than anything before, and keeps a few of the largest', () => {
    const batches = new SharedBatches();
    const small = [1, 2, 3].map(() => lendFrom(batches, bytes(1, 1)));
    const large = lendFrom(batches, bytes(1_000_000, 7));
    expect(large.lines.every((byte) => byte === 7)).toBe(true);
    for (const { giveBack } of [...small, large]) giveBack();
    const again = lendFrom(batches, bytes(999_000, 8));
    expect(again.lines.buffer).toBe(large.lines.buffer);
  });
});
