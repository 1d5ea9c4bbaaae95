/**
 * When acquisition had its last reading, on the clock of this process that never jumps: it says the time of day, and
 * a clock that is set back must not make a meter that is silent look alive for an hour.
 */
import type { Instant } from './meter.js';

/** A time that has changed since the look before is not older than this. */
const BETWEEN_LOOKS_MS = 1_500;

interface Said {
  readonly value: number;
  /** On the monotonic clock. */
  readonly at: number;
}

export class SaidReadings {
  readonly #said = new Map<string, Said>();

  /**
   * @param value what acquisition says, ms since 1970
   * @returns when that was, on the monotonic clock
   */
  at(source: string, value: number, { now, monotonic }: Instant): number {
    const before = this.#said.get(source);
    if (before?.value === value) return before.at;
    const age = Math.max(0, now - value);
    const at = monotonic - (before === undefined ? age : Math.min(age, BETWEEN_LOOKS_MS));
    this.#said.set(source, { value, at });
    return at;
  }
}
