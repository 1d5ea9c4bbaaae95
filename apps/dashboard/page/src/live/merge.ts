/**
 * History and what came live, as one curve: a reading that is in both is there once, and a break stays only where
 * neither has readings. The server's history may lack what is not stored yet, and the page what it missed.
 */
import { noColumns, push, widen, type Columns } from './columns.js';

interface Gap {
  readonly from: number;
  readonly to: number;
}

/** A gap of one that the other fills in part leaves breaks where the distance is still more than `limit`, in ms. */
export function merge(a: Columns, b: Columns, limit: number): Columns {
  const points = union(a, b);
  const gaps = [new GapWalk(gapsOf(a)), new GapWalk(gapsOf(b))];
  const merged = noColumns();
  for (const [i, at] of points.at.entries()) {
    const before = points.at[i - 1];
    if (before !== undefined && gaps.some((walk) => walk.breaks(before, at, limit)))
      push(merged, (before + at) / 2, null);
    push(merged, at, points.low[i] ?? null, points.high[i] ?? null);
  }
  const end = [a, b].map(openEnd).find((at) => at !== null && at > (points.at.at(-1) ?? -Infinity));
  if (end !== undefined && end !== null) push(merged, end, null);
  return merged;
}

/** Every point that has a value, once. */
function union(a: Columns, b: Columns): Columns {
  const all = noColumns();
  let [i, j] = [0, 0];
  while (i < a.at.length || j < b.at.length) {
    const [left, right] = [a.at[i] ?? Infinity, b.at[j] ?? Infinity];
    const [columns, k] = left <= right ? [a, i++] : [b, j++];
    const [at, low, high] = [columns.at[k], columns.low[k] ?? null, columns.high[k] ?? null];
    if (at === undefined || low === null) continue;
    if (all.at.at(-1) === at) widen(all, all.at.length - 1, low, high);
    else push(all, at, low, high);
  }
  return all;
}

/** The stretches between two values that have a break between them. */
function gapsOf({ at, low }: Columns): Gap[] {
  const gaps: Gap[] = [];
  let [last, broken]: [number | null, boolean] = [null, false];
  for (const [i, time] of at.entries()) {
    if ((low[i] ?? null) === null) {
      broken = true;
      continue;
    }
    if (broken && last !== null) gaps.push({ from: last, to: time });
    [last, broken] = [time, false];
  }
  return gaps;
}

/** When a curve ends in a break: the value that it ended in could not be read. */
const openEnd = ({ at, low }: Columns): number | null =>
  at.length > 0 && (low.at(-1) ?? null) === null ? (at.at(-1) ?? null) : null;

/** Asked for pairs of neighbours in the order of time. */
class GapWalk {
  readonly #gaps: readonly Gap[];
  #next = 0;

  constructor(gaps: readonly Gap[]) {
    this.#gaps = gaps;
  }

  breaks(from: number, to: number, limit: number): boolean {
    let gap = this.#gaps[this.#next];
    while (gap !== undefined && gap.to <= from) gap = this.#gaps[++this.#next];
    if (gap === undefined || from < gap.from || to > gap.to) return false;
    return (from === gap.from && to === gap.to) || to - from > limit;
  }
}
