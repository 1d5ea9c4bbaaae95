import type { Clock } from '@elmetron/protocol';

export const BEGAN = Date.UTC(2026, 10, 22, 8);

/** A clock that stands still until the test moves it. */
export class OwnedClock implements Clock {
  #ms = 0;
  now(): number {
    return BEGAN + this.#ms;
  }
  monotonic(): number {
    return this.#ms;
  }
  pass(ms: number): void {
    this.#ms += ms;
  }
}
