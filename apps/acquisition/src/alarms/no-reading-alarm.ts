/**
 * Nothing that can be read has come for so long, for whatever reason: no link, a silent meter, a display
 * that shows no number. It watches from the start of the process on, with or without a session.
 */
import type { Arrival } from '../meter/reading.js';
import type { LeftBecause } from './value-alarm.js';

export interface NothingRead {
  readonly what: 'entered';
  /** The last reading, or since when there could have been one. */
  readonly since: Arrival;
  readonly at: Arrival;
}

export interface ReadAgain {
  readonly what: 'left';
  readonly why: LeftBecause;
  readonly from: Arrival;
  readonly at: Arrival;
}

export class NoReadingAlarm {
  /** 0 = off. */
  readonly afterMs: number;
  #last: Arrival;
  #entered: NothingRead | undefined;

  constructor(afterMs: number, now: Arrival) {
    this.afterMs = afterMs;
    this.#last = now;
  }

  get entered(): NothingRead | undefined {
    return this.#entered;
  }

  /** To be asked about once a second. */
  check(now: Arrival): NothingRead | undefined {
    if (this.afterMs === 0 || this.#entered !== undefined) return undefined;
    if (now.monotonic - this.#last.monotonic < this.afterMs) return undefined;
    this.#entered = { what: 'entered', since: this.#last, at: now };
    return this.#entered;
  }

  /** Something was read (`back`), or it is over for another reason; the time begins anew. */
  end(why: LeftBecause, at: Arrival): ReadAgain | undefined {
    this.#last = at;
    const entered = this.#entered;
    this.#entered = undefined;
    return entered && { what: 'left', why, from: entered.at, at };
  }
}
