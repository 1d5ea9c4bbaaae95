/**
 * On and off, each only after it has been called for without a break for some time: a value that flickers
 * about a limit turns nothing, one that has passed it for good turns it once.
 */
import type { Arrival } from '../meter/reading.js';

/** `between`: in the band of the hysteresis, which calls for neither. */
export type Verdict = 'beyond' | 'between' | 'within';

export class DelayedSwitch {
  readonly #delayMs: number;
  #on = false;
  #since: Arrival | undefined;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  get on(): boolean {
    return this.#on;
  }

  /** It is off, and is being called for. */
  get rising(): boolean {
    return !this.#on && this.#since !== undefined;
  }

  /** Since when it was called for, when it turns; undefined: it stays as it is. */
  take(verdict: Verdict, now: Arrival): Arrival | undefined {
    if (verdict !== (this.#on ? 'within' : 'beyond')) {
      this.#since = undefined;
      return undefined;
    }
    this.#since ??= now;
    if (now.monotonic - this.#since.monotonic < this.#delayMs) return undefined;
    const since = this.#since;
    this.#on = !this.#on;
    this.#since = undefined;
    return since;
  }

  /** Off at once, and as if nothing had been. */
  reset(): void {
    this.#on = false;
    this.#since = undefined;
  }
}
