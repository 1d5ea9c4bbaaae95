/** A time that stands still until a test moves it. */
import type { Time } from '../time.js';

interface Waiting {
  readonly at: number;
  readonly act: () => void;
}

export class OwnedTime implements Time {
  #now = 0;
  #waiting: Waiting[] = [];
  readonly #startedAt: number;

  constructor(startedAt = '2025-09-26T11:24:00.000Z') {
    this.#startedAt = Date.parse(startedAt);
  }

  now(): number {
    return this.#startedAt + this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, act: () => void): () => void {
    const waiting = { at: this.#now + ms, act };
    this.#waiting.push(waiting);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
    };
  }

  /** Moves on, and lets happen what is due on the way at its own moment. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#waiting
        .filter(({ at }) => at <= until)
        .reduce<Waiting | undefined>((a, b) => (a === undefined || b.at < a.at ? b : a), undefined);
      if (next === undefined) break;
      this.#waiting = this.#waiting.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.act();
    }
    this.#now = until;
  }
}
