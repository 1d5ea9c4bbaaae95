/** Every reading of a stretch of numbers, in their order, handed to whoever sums them up. */
import type { Database } from 'better-sqlite3';
import type { Queries } from '../queries.js';

/** Numbers of a session: above `after`, up to and with `upTo`. */
export interface Numbers {
  readonly after: number;
  readonly upTo: number;
}

export const ALL_NUMBERS: Numbers = { after: -1, upTo: Number.MAX_SAFE_INTEGER };

/** `at`: `captured_ms`; the unit of what could not be read may be an empty text. */
export type TakeReading = (
  at: number,
  value: number | null,
  unit: string,
  temperature: number | null,
  temperatureUnit: string,
  recovered: number,
) => void;

/**
 * As SQL sees it this is one aggregate: half the time of fetching rows, none of which is kept. A thread that is
 * told to end does so between two readings.
 */
export class ReadingScan {
  readonly #queries: Queries;
  #take: TakeReading = () => undefined;

  constructor(queries: Queries, db: Database) {
    this.#queries = queries;
    db.aggregate('take_reading', {
      start: 0,
      step: (taken: number, ...reading: readonly unknown[]) => {
        this.#take(...(reading as Parameters<TakeReading>));
        return taken + 1;
      },
      varargs: true,
    });
  }

  /** Returns how many there were. */
  read(sessionId: number, { after, upTo }: Numbers, take: TakeReading): number {
    this.#take = take;
    const [row] = this.#queries.all<{ readonly taken: number }>(
      `SELECT take_reading(captured_ms, value, unit, temperature, temperature_unit, recovered) AS taken
       FROM measurements WHERE session_id = ? AND seq > ? AND seq <= ?`,
      sessionId,
      after,
      upTo,
    );
    return row?.taken ?? 0;
  }
}
