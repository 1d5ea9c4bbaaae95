/**
 * What could not be kept because the spool had no room: from when to when, and how much. That it has
 * begun is written as an event at once, the whole of it as soon as there is room, before the next
 * reading.
 */
import { utc, type EventPayload } from './session.js';

export class Gap {
  readonly reason: string;
  readonly #session: string | undefined;
  readonly #from: number;
  #to: number;
  #readings = 0;
  #others = 0;

  /** `session`: the one in which it began; undefined when none could begin. */
  constructor(at: number, reason: string, session: string | undefined) {
    this.#session = session;
    this.#from = at;
    this.#to = at;
    this.reason = reason;
  }

  lost(what: 'reading' | 'other', at: number): void {
    this.#to = at;
    if (what === 'reading') this.#readings++;
    else this.#others++;
  }

  get readings(): number {
    return this.#readings;
  }

  beginning(): EventPayload {
    return { from: utc(this.#from), reason: this.reason };
  }

  payload(): EventPayload {
    return {
      session: this.#session ?? null,
      from: utc(this.#from),
      to: utc(this.#to),
      readings_not_kept: this.#readings,
      events_not_kept: this.#others,
      reason: this.reason,
    };
  }
}
