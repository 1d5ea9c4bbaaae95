/** Readings gathered by time: of each stretch of so many ms its lowest and its highest value. */
import type { SeriesOfUnit } from './curve.js';

interface Bucket {
  readonly index: number;
  low: number;
  high: number;
  /** Times of its first and last value; Infinity and -Infinity while it has none. */
  first: number;
  last: number;
  /** Of its first and last reading without a value. */
  firstNull: number;
  lastNull: number;
  /** That its last value is of. */
  session: number;
}

export class Buckets {
  readonly #from: number;
  readonly #width: number;
  readonly #all = new Map<number, Bucket>();
  #current: Bucket | undefined;

  /** `width`: whole ms, 1 or more. */
  constructor(from: number, width: number) {
    this.#from = from;
    this.#width = width;
  }

  /** `session`: by its number among those of the curve. */
  add(at: number, value: number | null, session: number): void {
    const bucket = this.#at(Math.floor((at - this.#from) / this.#width));
    if (value === null) {
      if (at < bucket.firstNull) bucket.firstNull = at;
      if (at > bucket.lastNull) bucket.lastNull = at;
      return;
    }
    if (value < bucket.low) bucket.low = value;
    if (value > bucket.high) bucket.high = value;
    if (at < bucket.first) bucket.first = at;
    if (at > bucket.last) {
      bucket.last = at;
      bucket.session = session;
    }
  }

  inOrder(): Bucket[] {
    return [...this.#all.values()].sort((a, b) => a.index - b.index);
  }

  #at(index: number): Bucket {
    // As a rule the one of the reading before.
    if (this.#current?.index === index) return this.#current;
    let bucket = this.#all.get(index);
    if (bucket === undefined) {
      bucket = {
        index,
        low: Infinity,
        high: -Infinity,
        first: Infinity,
        last: -Infinity,
        firstNull: Infinity,
        lastNull: -Infinity,
        session: 0,
      };
      this.#all.set(index, bucket);
    }
    return (this.#current = bucket);
  }
}

/**
 * A point in the middle between the first and the last value of each bucket: times ascend, and none lies
 * outside of what was measured. Between two of them stands one without a value when readings are missing for
 * longer than the session of the one takes for usual (`gapAfter`, ms) until the first of the other, or when one
 * between had no value.
 */
export function bucketPoints(
  buckets: Buckets,
  gapAfter: (session: number) => number,
): Pick<SeriesOfUnit, 'at' | 'low' | 'high'> {
  const at: number[] = [];
  const low: (number | null)[] = [];
  const high: (number | null)[] = [];
  let before: Bucket | undefined;
  let broken = false;
  for (const bucket of buckets.inOrder()) {
    if (bucket.low > bucket.high) {
      broken = true;
      continue;
    }
    if (before !== undefined && (broken || isBroken(before, bucket, gapAfter(before.session)))) {
      at.push((before.last + bucket.first) / 2);
      low.push(null);
      high.push(null);
    }
    at.push((bucket.first + bucket.last) / 2);
    low.push(bucket.low);
    high.push(bucket.high);
    before = bucket;
    broken = false;
  }
  return { at, low, high };
}

function isBroken(before: Bucket, bucket: Bucket, gapMs: number): boolean {
  return (
    bucket.first - before.last > gapMs ||
    before.lastNull > before.last ||
    bucket.firstNull < bucket.first
  );
}
