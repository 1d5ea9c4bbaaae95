import type { SequenceRange } from '../store/store.js';

/** What of `ranges` none of `taken` covers; `taken` in any order. */
export function withoutRanges(
  ranges: readonly SequenceRange[],
  taken: readonly SequenceRange[],
): readonly SequenceRange[] {
  let left = [...ranges];
  for (const { from, to } of taken) {
    left = left.flatMap((range) => {
      if (to < range.from || from > range.to) return [range];
      const pieces = [
        { from: range.from, to: Math.min(range.to, from - 1) },
        { from: Math.max(range.from, to + 1), to: range.to },
      ];
      return pieces.filter((piece) => piece.from <= piece.to);
    });
  }
  return left;
}
