/**
 * Notices when the wall clock moves against the monotonic one: somebody set it, a time server
 * corrected it, or the machine slept. `captured_at` follows the wall clock, so whoever reads the
 * times later has to know; `elapsed_ms` does not jump.
 */
import type { Arrival } from '../meter/reading.js';

const TOLERANCE_MS = 2000;

export class ClockWatch {
  #offset: number | undefined;

  /** The jump in milliseconds (forward is positive) since the last one, when it is one. */
  check({ at, monotonic }: Arrival): number | undefined {
    const offset = at - monotonic;
    const jump = offset - (this.#offset ?? offset);
    if (Math.abs(jump) > TOLERANCE_MS) {
      this.#offset = offset;
      return Math.round(jump);
    }
    this.#offset ??= offset;
    return undefined;
  }
}
