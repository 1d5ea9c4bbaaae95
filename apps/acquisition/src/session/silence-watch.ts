/**
 * Tells a meter that does not answer (a fault on its display, switched off behind its USB bridge)
 * from one that is just slow. Silence is a state with a beginning and an end, said once each.
 */
import type { Clock } from '@elmetron/protocol';

const LEAST_MS = 10_000;
const LEAST_POLLS = 5;

export interface Silence {
  /** UTC, milliseconds: the last good frame, or the opening of the link. */
  readonly from: number;
  readonly ms: number;
}

export class SilenceWatch {
  readonly #clock: Clock;
  #afterMs = LEAST_MS;
  #since: { at: number; monotonic: number } | undefined;
  #silent = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get silent(): boolean {
    return this.#silent;
  }

  /** The meter is asked from now on. Links that follow one another without a loss are one silence. */
  listen(intervalMs: number): void {
    this.#afterMs = Math.max(LEAST_MS, LEAST_POLLS * intervalMs);
    this.#since ??= this.#now();
  }

  /** The link is gone: what is missing now is missing for that reason. */
  deaf(): void {
    this.#since = undefined;
    this.#silent = false;
  }

  /** A good frame; the silence that it ends, if there was one. */
  heard(): Silence | undefined {
    const ended = this.#silent ? this.#measured() : undefined;
    this.#silent = false;
    this.#since = this.#now();
    return ended;
  }

  /** To be asked now and then; gives the silence once, when it has become one. */
  check(): Silence | undefined {
    const silence = this.#measured();
    if (this.#silent || silence === undefined || silence.ms < this.#afterMs) return undefined;
    this.#silent = true;
    return silence;
  }

  #measured(): Silence | undefined {
    if (this.#since === undefined) return undefined;
    return {
      from: this.#since.at,
      ms: Math.round(this.#clock.monotonic() - this.#since.monotonic),
    };
  }

  #now(): { at: number; monotonic: number } {
    return { at: this.#clock.now(), monotonic: this.#clock.monotonic() };
  }
}
