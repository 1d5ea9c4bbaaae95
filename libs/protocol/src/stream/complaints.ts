/**
 * What is said about what others do: at once, then only so often per kind with the number left out,
 * so that a broken or hostile peer cannot fill the disk with log lines.
 */
import type { Clock, Log } from '../ports.js';

export interface ComplaintLimits {
  readonly everyMs?: number;
  /** So many of a kind are said within `everyMs`. */
  readonly most?: number;
}

export class Complaints {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #most: number;
  readonly #kinds = new Map<string, { since: number; said: number; leftOut: number }>();

  constructor(log: Log, clock: Clock, { everyMs = 10_000, most = 1 }: ComplaintLimits = {}) {
    this.#log = log;
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#most = most;
  }

  /** `kind` is one of a few fixed words, never something that a peer chose. */
  info(kind: string, fields: object, message: string): void {
    this.#say('info', kind, fields, message);
  }

  warn(kind: string, fields: object, message: string): void {
    this.#say('warn', kind, fields, message);
  }

  error(kind: string, fields: object, message: string): void {
    this.#say('error', kind, fields, message);
  }

  #say(level: 'info' | 'warn' | 'error', kind: string, fields: object, message: string): void {
    const now = this.#clock.monotonic();
    const known = this.#kinds.get(kind);
    if (known !== undefined && now - known.since < this.#everyMs) {
      if (known.said >= this.#most) {
        known.leftOut += 1;
        return;
      }
      known.said += 1;
    } else {
      this.#kinds.set(kind, { since: now, said: 1, leftOut: 0 });
    }
    this.#log[level]({ kind, ...fields, also_before: known?.leftOut ?? 0 }, message);
  }
}
