/** Readings per second, over the last ten seconds. */
import type { Clock } from '@elmetron/protocol';

const WINDOW_MS = 10_000;

export class Rate {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #counts: { readonly at: number; readonly readings: number }[] = [];

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** About once a second, with the number of readings so far. */
  pulse(readings: number): void {
    const at = this.#clock.monotonic();
    this.#counts.push({ at, readings });
    while (at - (this.#counts[1]?.at ?? at) >= WINDOW_MS) this.#counts.shift();
  }

  get perSecond(): number {
    const first = this.#counts[0];
    const last = this.#counts.at(-1);
    if (first === undefined || last === undefined || last.at === first.at) return 0;
    const seconds = (last.at - first.at) / 1000;
    return Math.round((100 * (last.readings - first.readings)) / seconds) / 100;
  }
}
