import { describe, expect, it } from 'vitest';
import { compareFrames } from './compare-frames.js';

const at = (second: number): string => new Date(1000 * second).toISOString();
const account = ['a', 'b', 'c', 'd', 'e'].map((frame, i) => ({
  frame,
  whole: true,
  at: at(i + 1),
  bootUs: 1_000_000 * (i + 1),
}));
const readings = (frames: string) =>
  Array.from(frames, (frame, i) => ({ session: 's', seq: i + 1, frame }));
const kinds = (frames: string, kills: readonly { deadAt: number }[] = [], sent = account) =>
  compareFrames('bench-1', sent, readings(frames), kills).violations.map(({ kind }) => kind);

describe('frames', () => {
  it('all there: nothing to say', () => {
    const result = compareFrames('bench-1', account, readings('abcde'), []);
    expect(result).toEqual({ violations: [], whole: 5, cut: 0, lost: 0 });
  });

  it.each([
    ['one missing', 'abde', ['lost']],
    ['the first and the last missing', 'bcd', ['lost', 'lost']],
    ['one stored twice', 'abccde', ['doubled']],
    ['one stored twice, later', 'abcdec', ['doubled']],
    ['one that was never sent', 'abxcde', ['invented']],
    ['two in the wrong order', 'acbde', ['out_of_order']],
  ])('%s', (_, stored, expected) => {
    expect(kinds(stored)).toEqual(expected);
  });

  it('one that did not wholly leave the meter need not be there, and must not be', () => {
    const cut = account.map((frame) => ({ ...frame, whole: frame.frame !== 'c' }));
    expect(kinds('abde', [], cut)).toEqual([]);
    expect(kinds('abcde', [], cut)).toEqual(['invented']);
  });

  it('a kill explains the loss of the last frame before it, and of no other', () => {
    expect(kinds('abde', [{ deadAt: 3500 }])).toEqual([]);
    expect(kinds('abce', [{ deadAt: 3500 }])).toEqual(['lost']);
    expect(kinds('acde', [{ deadAt: 3500 }])).toEqual(['lost']);
    expect(kinds('abe', [{ deadAt: 4500 }])).toEqual(['lost']);
    expect(kinds('bcde', [{ deadAt: 500 }])).toEqual(['lost']);
  });

  it('two kills explain two losses, but two kills after one frame only one', () => {
    expect(kinds('ace', [{ deadAt: 2500 }, { deadAt: 4500 }])).toEqual([]);
    expect(kinds('abe', [{ deadAt: 4500 }, { deadAt: 4600 }])).toEqual(['lost']);
  });
});
