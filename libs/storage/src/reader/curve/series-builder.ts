/**
 * One series of a curve, made in one pass over its readings, in whatever order they come: a clock that was
 * set back makes it another than that of their times. What is a gap each of its sessions says for itself: they need
 * not have asked the meter equally often.
 */
import { bucketPoints, Buckets } from './buckets.js';
import type { SeriesOfUnit } from './curve.js';
import { UsualDistance } from './usual-distance.js';

export class SeriesBuilder {
  readonly unit: string;
  #distance = new UsualDistance();
  /** By session, in the order in which they were read, those before the present one. */
  readonly #gapsMs: number[] = [];
  /** Every reading, until `condense`. */
  #at: number[] = [];
  #values: (number | null)[] = [];
  /** The session of each. */
  #sessions: number[] = [];
  #buckets: Buckets | undefined;
  #hasValue = false;

  constructor(unit: string) {
    this.unit = unit;
  }

  /** What comes from now on is of another session. */
  nextSession(): void {
    this.#gapsMs.push(this.#distance.gapMs);
    this.#distance = new UsualDistance();
  }

  /** The time of a reading, whether it is `add`ed or not: it tells how far apart they are. */
  follow(at: number): void {
    this.#distance.follow(at);
  }

  add(at: number, value: number | null): void {
    if (value !== null) this.#hasValue = true;
    const session = this.#gapsMs.length;
    if (this.#buckets === undefined) {
      this.#at.push(at);
      this.#values.push(value);
      this.#sessions.push(session);
    } else {
      this.#buckets.add(at, value, session);
    }
  }

  /** From now on a point stands for all readings within `width` ms. */
  condense(from: number, width: number): void {
    const buckets = new Buckets(from, width);
    for (const [i, at] of this.#at.entries())
      buckets.add(at, this.#values[i] ?? null, this.#sessions[i] ?? 0);
    this.#buckets = buckets;
    this.#at = [];
    this.#values = [];
    this.#sessions = [];
  }

  /** undefined: there is no value in it, and nothing to draw. */
  finish(): SeriesOfUnit | undefined {
    if (!this.#hasValue) return undefined;
    const { unit } = this;
    const gapAfter = (session: number) => this.#gapsMs[session] ?? this.#distance.gapMs;
    if (this.#buckets !== undefined) return { unit, ...bucketPoints(this.#buckets, gapAfter) };
    return { unit, ...this.#everyReading(gapAfter), high: null };
  }

  #everyReading(gapAfter: (session: number) => number): Pick<SeriesOfUnit, 'at' | 'low'> {
    const order = [...this.#at.keys()].sort((a, b) => (this.#at[a] ?? 0) - (this.#at[b] ?? 0));
    const at: number[] = [];
    const low: (number | null)[] = [];
    let gapMs = Infinity;
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
      gapMs = gapAfter(this.#sessions[i] ?? 0);
    }
    return { at, low };
  }
}
