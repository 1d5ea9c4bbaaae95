/**
 * What has happened and is over, but must be seen by a person: it stays in the health state for a
 * while after the last time. For good it stands in the database as an event.
 */
import type { Clock } from '@elmetron/protocol';
import type { Health } from '@elmetron/runtime';

/** Long enough for a look at the page between two other things at the bench. */
const SEEN_FOR_MS = 3_600_000;
/** Nobody misses a minute of an hour; a look of a writer that sleeps costs a wake-up. */
const LOOK_EVERY_MS = 60_000;

export type Alarm = 'records_set_aside' | 'numbers_missing' | 'record_conflict';

const ALARMS: readonly Alarm[] = ['records_set_aside', 'numbers_missing', 'record_conflict'];

export class Alarms {
  readonly #health: Health;
  readonly #clock: Clock;
  readonly #last = new Map<Alarm, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: { readonly health: Health; readonly clock: Clock }) {
    this.#health = parts.health;
    this.#clock = parts.clock;
  }

  raise(alarm: Alarm, message: string): void {
    this.#last.set(alarm, this.#clock.monotonic());
    this.#health.raise(alarm, message);
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.look();
    }, LOOK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Takes back what was seen for long enough. */
  look(): void {
    const now = this.#clock.monotonic();
    for (const alarm of ALARMS) {
      const last = this.#last.get(alarm);
      if (last === undefined || now - last < SEEN_FOR_MS) continue;
      this.#last.delete(alarm);
      this.#health.clear(alarm);
    }
  }
}
