/**
 * Warnings about what others send: said at once, then at most every `everyMs` per kind with the
 * number left out, so that a broken or hostile peer cannot fill the disk with log lines.
 */
import type { Clock, Log } from '../ports.js';

export class Complaints {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #kinds = new Map<string, { saidAt: number; leftOut: number }>();

  constructor(log: Log, clock: Clock, everyMs = 10_000) {
    this.#log = log;
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** `kind` is one of a few fixed words, never something that a peer chose. */
  warn(kind: string, fields: object, message: string): void {
    const now = this.#clock.monotonic();
    const known = this.#kinds.get(kind);
    if (known !== undefined && now - known.saidAt < this.#everyMs) {
      known.leftOut += 1;
      return;
    }
    this.#kinds.set(kind, { saidAt: now, leftOut: 0 });
    this.#log.warn({ kind, ...fields, also_before: known?.leftOut ?? 0 }, message);
  }
}
