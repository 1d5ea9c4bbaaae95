/**
 * Tells a noisy line from a stray byte now and then: readings still come, but somebody should look at
 * the cable before they do not. What the noise was is in the session's summaries.
 */
import type { Clock } from '@elmetron/protocol';
import type { Health } from '@elmetron/runtime';

const WITHIN_MS = 10_000;
const DISTURBANCES = 10;
/** Longer than the window, so that noise on the edge does not come and go in the log. */
const QUIET_MS = 15_000;

export class NoiseWatch {
  readonly #health: Health;
  readonly #clock: Clock;
  /** When the last of them came, oldest first; no more than make a noisy line. */
  #times: number[] = [];

  constructor(parts: { readonly health: Health; readonly clock: Clock }) {
    this.#health = parts.health;
    this.#clock = parts.clock;
  }

  /** Something came over the line that is no answer. */
  heard(): void {
    const now = this.#clock.monotonic();
    this.#times.push(now);
    if (this.#times.length > DISTURBANCES) this.#times.shift();
    if (this.#times.length < DISTURBANCES || now - (this.#times[0] ?? now) > WITHIN_MS) return;
    this.#health.raise(
      'line_noisy',
      'the line is noisy: bytes come over it that are no answer of the meter; check the cable, what ' +
        'runs beside it, and the baud rate of the profile',
    );
  }

  /** To be called now and then. */
  pulse(): void {
    const last = this.#times.at(-1);
    if (last !== undefined && this.#clock.monotonic() - last >= QUIET_MS) this.deaf();
  }

  /** The link is gone, and its noise with it. */
  deaf(): void {
    this.#times = [];
    this.#health.clear('line_noisy');
  }
}
