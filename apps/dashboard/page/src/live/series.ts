/**
 * One quantity of a meter up to now. It takes readings for weeks and never grows: what has left the window goes, and
 * when there are more than twice `points` points, they are gathered into buckets of which each keeps its least and
 * greatest value, so that no peak is lost.
 */
import {
  columnsOf,
  dropFirst,
  indexAt,
  insert,
  noColumns,
  push,
  slice,
  widen,
  type Columns,
  type Sent,
} from './columns.js';
import { merge } from './merge.js';

export interface SeriesOptions {
  readonly windowMs: number;
  /** About so many points are enough for the picture. */
  readonly points: number;
}

export class LiveSeries {
  readonly #limit: number;
  readonly #bucket: number;
  #columns = noColumns();
  /** When the last reading came, which its point need not say: it may stand for many. */
  #last = -Infinity;

  constructor({ windowMs, points }: SeriesOptions) {
    this.#limit = 2 * points;
    // A bucket is a value and perhaps a break: half as many buckets, and gathering leaves room for as many again.
    this.#bucket = windowMs / Math.max(1, Math.floor(points / 2));
  }

  get columns(): Columns {
    return this.#columns;
  }

  get length(): number {
    return this.#columns.at.length;
  }

  /** `gapMs`: from which distance on the line is broken. One that is there already changes nothing. */
  append(at: number, value: number | null, gapMs: number): void {
    const columns = this.#columns;
    const newest = columns.at.at(-1) ?? -Infinity;
    if (at <= newest) {
      this.#insert(at, value);
      return;
    }
    if (columns.at.length > 0 && at - this.#last > gapMs && (columns.low.at(-1) ?? null) !== null)
      push(columns, (Math.max(newest, this.#last) + at) / 2, null);
    push(columns, at, value);
    this.#last = Math.max(this.#last, at);
    this.#bound();
  }

  /** Another picture: all up to its end, and what came live after it. */
  replace(sent: Sent, bucketMs: number, gapMs: number): void {
    const end = (sent.at.at(-1) ?? -Infinity) + bucketMs;
    this.#take(merge(columnsOf(sent), this.#after(end), gapMs), end);
    this.#joinTail(end, gapMs);
  }

  /** Begins with what another one has after `end`. */
  continue(other: LiveSeries, end: number): void {
    this.#take(other.#after(end), other.#last);
  }

  /** What was missed: the union of both. */
  fill(sent: Sent, bucketMs: number, gapMs: number): void {
    const limit = Math.max(gapMs, bucketMs * 1.5);
    this.#take(
      merge(columnsOf(sent), this.#columns, limit),
      (sent.at.at(-1) ?? -Infinity) + bucketMs,
    );
  }

  /** Lets go of what was before `from`, but for one point: the line comes in from there. */
  drop(from: number): void {
    const { at } = this.#columns;
    if ((at.at(-1) ?? from) < from) {
      this.#columns = noColumns();
      return;
    }
    const gone = indexAt(at, from) - 1;
    // Moving all the others for each single one would be wasteful; nobody sees those before the window.
    if (gone < 1 || gone < at.length / 16) return;
    dropFirst(this.#columns, gone);
  }

  /** What came after `end`, for another series. A point of many may reach beyond it, and is in it then. */
  #after(end: number): Columns {
    const { at, low, high } = this.#columns;
    let first = indexAt(at, end + 0.5);
    if (first > 0 && low[first - 1] !== high[first - 1]) first--;
    return slice(this.#columns, first);
  }

  #insert(at: number, value: number | null): void {
    const i = indexAt(this.#columns.at, at);
    if (this.#columns.at[i] === at) {
      widen(this.#columns, i, value, value);
      return;
    }
    insert(this.#columns, i, at, value);
    this.#bound();
  }

  #take(columns: Columns, last: number): void {
    this.#columns = columns;
    this.#last = Math.max(this.#last, last, columns.at.at(-1) ?? -Infinity);
    this.#bound();
  }

  /** Between a picture's end and the first that came live after it there may be a gap as well. */
  #joinTail(end: number, gapMs: number): void {
    const { at, low } = this.#columns;
    const first = indexAt(at, end + 0.5);
    const [before, after] = [at[first - 1], at[first]];
    if (before === undefined || after === undefined || after - end <= gapMs) return;
    if ((low[first - 1] ?? null) === null || (low[first] ?? null) === null) return;
    insert(this.#columns, first, (before + after) / 2, null);
  }

  #bound(): void {
    if (this.#columns.at.length > this.#limit) this.#columns = gather(this.#columns, this.#bucket);
    // A window that is full of breaks and clocks set back: the latest count.
    const over = this.#columns.at.length - this.#limit;
    if (over > 0) dropFirst(this.#columns, over);
  }
}

/** One point and at most one break for each bucket; each point stays at the time of its first value. */
export function gather(columns: Columns, bucketMs: number): Columns {
  const gathered = noColumns();
  let [bucket, point, broken]: [number, number, boolean] = [NaN, -1, false];
  for (const [i, at] of columns.at.entries()) {
    const [low, high] = [columns.low[i] ?? null, columns.high[i] ?? null];
    const mine = Math.floor(at / bucketMs);
    if (mine !== bucket) [bucket, point, broken] = [mine, -1, false];
    if (low === null) {
      // A break between values of one bucket is narrower than can be seen.
      if (!broken && (gathered.low.at(-1) ?? null) !== null) push(gathered, at, null);
      broken = true;
    } else if (point >= 0) {
      widen(gathered, point, low, high);
      if (broken && gathered.low.at(-1) === null) {
        for (const column of [gathered.at, gathered.low, gathered.high]) column.pop();
        broken = false;
      }
    } else {
      point = gathered.at.length;
      push(gathered, at, low, high);
    }
  }
  return gathered;
}
