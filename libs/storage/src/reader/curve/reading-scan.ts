/** Every reading of a stretch of numbers, in their order, handed to whoever sums them up. */
import type { Database } from 'better-sqlite3';
import { StorageError } from '../../errors.js';
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

/** So many readings are gone through, in a millisecond, before it is asked again whether that is wanted. */
const ASK_EVERY = 4_096;

/** As SQL sees it this is one aggregate: half the time of fetching rows, none of which is kept. */
export class ReadingScan {
  readonly #queries: Queries;
  #take: TakeReading = () => undefined;

  constructor(queries: Queries, db: Database, isStopped: () => boolean) {
    this.#queries = queries;
    db.aggregate('take_reading', {
      start: 0,
      step: (taken: number, ...reading: readonly unknown[]) => {
        if (taken % ASK_EVERY === 0 && isStopped()) {
          throw new StorageError('store_stopped', 'The reader is closed.');
        }
        this.#take(...(reading as Parameters<TakeReading>));
        return taken + 1;
      },
      varargs: true,
    });
  }

  read(sessionId: number, { after, upTo }: Numbers, take: TakeReading): void {
    this.#take = take;
    this.#queries.all(
      `SELECT take_reading(captured_ms, value, unit, temperature, temperature_unit, recovered)
       FROM measurements WHERE session_id = ? AND seq > ? AND seq <= ?`,
      sessionId,
      after,
      upTo,
    );
  }
}
