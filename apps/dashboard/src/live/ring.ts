/**
 * The latest readings of one source, in memory: what the database has not got yet, or cannot take for a while,
 * is on the page all the same.
 */
import type { LiveReading } from '../api/readings.js';

export interface RingBounds {
  /** Readings older than this, counted from the latest, are let go. */
  readonly ms: number;
  readonly count: number;
}

/** The window that the page opens with, and half as much again, also while the writer is away. */
export const RING_BOUNDS: RingBounds = { ms: 900_000, count: 6_000 };

/** As many distances tell what is usual. */
const DISTANCES = 21;

export class Ring {
  readonly #bounds: RingBounds;
  #readings: LiveReading[] = [];

  constructor(bounds: RingBounds = RING_BOUNDS) {
    this.#bounds = bounds;
  }

  get last(): LiveReading | undefined {
    return this.#readings.at(-1);
  }

  get size(): number {
    return this.#readings.length;
  }

  /** False: it is here already, or one that came before it. */
  add(reading: LiveReading): boolean {
    const { last } = this;
    if (last?.session === reading.session && last.seq >= reading.seq) return false;
    this.#readings.push(reading);
    this.#trim();
    return true;
  }

  /**
   * Those that are behind the ends of what is known of their sessions, in their order; of a session that is in none,
   * all. What a session is called says nothing of its time: a clock may have been set back.
   */
  after(ends: readonly Pick<LiveReading, 'session' | 'seq'>[]): readonly LiveReading[] {
    const known = new Map(ends.map(({ session, seq }) => [session, seq]));
    return this.#readings.filter(({ session, seq }) => seq > (known.get(session) ?? -1));
  }

  /** How far apart readings are as a rule, in ms; undefined with fewer than two of the latest session. */
  get interval(): number | undefined {
    const latest = this.#readings.slice(-DISTANCES - 1);
    const distances = latest
      .slice(1)
      .flatMap((reading, i) => {
        const before = latest[i];
        const follows = before?.session === reading.session && before.seq + 1 >= reading.seq;
        return before !== undefined && follows ? [reading.elapsed_ms - before.elapsed_ms] : [];
      })
      .sort((a, b) => a - b);
    return distances[Math.floor(distances.length / 2)];
  }

  #trim(): void {
    const { ms, count } = this.#bounds;
    // A quarter more may gather, so that not every reading moves all of them.
    const last = this.#readings.at(-1);
    const first = this.#readings[0];
    if (last === undefined || first === undefined) return;
    const full = this.#readings.length > count * 1.25;
    const old = last.at - first.at > ms * 1.25;
    if (!full && !old) return;
    const kept = this.#readings.slice(-count);
    const from = kept.findIndex(({ at }) => last.at - at <= ms);
    this.#readings = kept.slice(from);
  }
}
