/**
 * One series of a curve, made in one pass over its readings, in whatever order they come: a clock that was
 * set back makes it another than that of their times.
 */
import { bucketPoints, Buckets } from './buckets.js';
import type { SeriesOfUnit } from './curve.js';
import { UsualDistance } from './usual-distance.js';

export class SeriesBuilder {
  readonly unit: string;
  readonly distance = new UsualDistance();
  /** Every reading, until `condense`. */
  #at: number[] = [];
  #values: (number | null)[] = [];
  #buckets: Buckets | undefined;
  #hasValue = false;

  constructor(unit: string) {
    this.unit = unit;
  }

  add(at: number, value: number | null): void {
    if (value !== null) this.#hasValue = true;
    if (this.#buckets === undefined) {
      this.#at.push(at);
      this.#values.push(value);
    } else {
      this.#buckets.add(at, value);
    }
  }

  /** From now on a point stands for all readings within `width` ms. */
  condense(from: number, width: number): void {
    const buckets = new Buckets(from, width);
    for (const [i, at] of this.#at.entries()) buckets.add(at, this.#values[i] ?? null);
    this.#buckets = buckets;
    this.#at = [];
    this.#values = [];
  }

  /** undefined: there is no value in it, and nothing to draw. */
  finish(): SeriesOfUnit | undefined {
    if (!this.#hasValue) return undefined;
    const { unit } = this;
    const { gapMs } = this.distance;
    if (this.#buckets !== undefined) return { unit, ...bucketPoints(this.#buckets, gapMs) };
    return { unit, ...this.#everyReading(gapMs), high: null };
  }

  #everyReading(gapMs: number): Pick<SeriesOfUnit, 'at' | 'low'> {
    const order = [...this.#at.keys()].sort((a, b) => (this.#at[a] ?? 0) - (this.#at[b] ?? 0));
    const at: number[] = [];
    const low: (number | null)[] = [];
    for (const i of order) {
      const now = this.#at[i] ?? 0;
      const value = this.#values[i] ?? null;
      const before = at.at(-1);
      if (before !== undefined && now - before > gapMs && low.at(-1) !== null && value !== null) {
        at.push((before + now) / 2);
        low.push(null);
      }
      at.push(now);
      low.push(value);
    }
    return { at, low };
  }
}
