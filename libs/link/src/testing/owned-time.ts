/** Clock and timers that only move when the test says so. */
import type { Clock } from '@elmetron/protocol';
import type { Timers } from '../timers.js';

interface Due {
  at: number;
  run: () => void;
}

export class OwnedTime implements Clock, Timers {
  #monotonic = 0;
  #wall: number;
  readonly #due = new Set<Due>();

  constructor(wall = Date.UTC(2026, 0, 1)) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, run: () => void): () => void {
    const due = { at: this.#monotonic + Math.max(0, ms), run };
    this.#due.add(due);
    return () => {
      this.#due.delete(due);
    };
  }

  /** Timers that are set. */
  get waiting(): number {
    return this.#due.size;
  }

  /** Somebody sets the wall clock; the monotonic one does not notice. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  /** The time passes, but nothing gets to run: a stalled event loop, a machine asleep. */
  stall(ms: number): void {
    this.#monotonic += ms;
  }

  /** The time passes; what falls due runs in order, promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#due.delete(next);
      this.#monotonic = Math.max(this.#monotonic, next.at);
      next.run();
      await settle();
    }
    this.#monotonic = end;
  }

  #next(end: number): Due | undefined {
    let first: Due | undefined;
    for (const due of this.#due) {
      if (due.at <= end && (first === undefined || due.at < first.at)) first = due;
    }
    return first;
  }
}

/** Lets everything that waits for settled promises run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
