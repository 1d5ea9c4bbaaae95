/**
 * What the trouble of a database is called in the health state, and when it leaves nothing that could
 * be acknowledged by: no buffer, and no commit either.
 */
import type { Health, StateCode } from '@elmetron/runtime';
import type { StorageError, StorageErrorCode } from '@elmetron/storage';

/** Of a trouble that may pass; what is in none of these ends the process. */
const CALLED: Partial<Record<StorageErrorCode, StateCode>> = {
  store_locked: 'database_locked',
  lock_held: 'database_replaced',
  store_damaged: 'database_damaged',
};

export class DatabaseState {
  readonly #health: Health;
  readonly #path: string;
  #code: StateCode | undefined;
  #buffered = true;

  /** @param path of the database */
  constructor(health: Health, path: string) {
    this.#health = health;
    this.#path = path;
  }

  /** The trouble there is now; undefined: none. */
  database(problem: StorageError | undefined): void {
    const code = problem && (CALLED[problem.code] ?? 'database_unwritable');
    if (this.#code !== undefined && this.#code !== code) this.#health.clear(this.#code, this.#path);
    this.#code = code;
    if (problem !== undefined && code !== undefined)
      this.#health.raise(code, problem.message, { about: this.#path });
    this.#look();
  }

  /** Whether buffers can be written. */
  buffers(usable: boolean): void {
    this.#buffered = usable;
    this.#look();
  }

  #look(): void {
    if (this.#buffered || this.#code === undefined) {
      this.#health.clear('nothing_acknowledged', this.#path);
      return;
    }
    this.#health.raise(
      'nothing_acknowledged',
      `Neither a session buffer nor the database ${this.#path} can be written: nothing is acknowledged, the acquisitions keep their readings. Repair either.`,
      { about: this.#path },
    );
  }
}
