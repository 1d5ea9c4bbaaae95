/** A clock that stands still until a test moves it. */
import type { Clock } from '../../ports.js';

export class OwnedClock implements Clock {
  #ms = 1000;

  now(): number {
    return this.#ms;
  }

  monotonic(): number {
    return this.#ms;
  }

  advance(ms: number): void {
    this.#ms += ms;
  }
}
