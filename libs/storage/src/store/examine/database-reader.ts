/**
 * Reads what a database holds without changing it, session by session, for whoever compares two of
 * them or takes over what a damaged one still gives. Every look may fail at a damaged place; what
 * does not depend on that place is read all the same, so no join and no index is used that could be
 * done without.
 */
import SqliteDatabase, { SqliteError, type Database } from 'better-sqlite3';
import { StorageError } from '../../errors.js';
import { asStorageError } from '../sqlite-errors.js';

/** A session as its row tells it. */
export interface SessionExtent {
  readonly id: number;
  readonly session: string;
  readonly measurements: number;
  /** The highest number in use. */
  readonly lastSeq: number;
}

export class DatabaseReader {
  readonly path: string;
  readonly #db: Database;

  private constructor(path: string, db: Database) {
    this.path = path;
    this.#db = db;
  }

  /** Throws StorageError, as every method that reads: `store_damaged`, `store_locked`, `store_unwritable`. */
  static open(path: string, busyTimeoutMs = 5000): DatabaseReader {
    return guard(path, () => {
      const options = { readonly: true, fileMustExist: true, timeout: busyTimeoutMs };
      return new DatabaseReader(path, new SqliteDatabase(path, options));
    });
  }

  /** Opens, hands out, closes. */
  static using<T>(path: string, work: (reader: DatabaseReader) => T): T {
    const reader = DatabaseReader.open(path);
    try {
      return work(reader);
    } finally {
      reader.close();
    }
  }

  /** In the order of their rows. Those read before a damaged place are handed out. */
  *sessions(): Generator<SessionExtent> {
    yield* this.iterate<SessionExtent>(
      `SELECT id, uid AS session, measurement_count AS measurements, last_seq AS lastSeq
         FROM sessions NOT INDEXED ORDER BY id`,
    );
  }

  /** The session of this name; undefined: there is none. */
  find(session: string): SessionExtent | undefined {
    const [found] = this.iterate<SessionExtent>(
      `SELECT id, uid AS session, measurement_count AS measurements, last_seq AS lastSeq
         FROM sessions WHERE uid = ?`,
      session,
    );
    return found;
  }

  /** How many measurements the session with this id has up to and with `seq`. */
  countUpTo(id: number, seq: number): number {
    const [found] = this.iterate<{ n: number }>(
      'SELECT count(*) AS n FROM measurements WHERE session_id = ? AND seq <= ?',
      id,
      seq,
    );
    return found?.n ?? 0;
  }

  /** The numbers of its measurements above `after`, ascending. */
  *numbers(id: number, after: number): Generator<number> {
    const rows = this.iterate<{ seq: number }>(
      'SELECT seq FROM measurements WHERE session_id = ? AND seq > ? ORDER BY seq',
      id,
      after,
    );
    for (const { seq } of rows) yield seq;
  }

  close(): void {
    this.#db.close();
  }

  /** For the readers beside this one; a damaged place is told as `store_damaged`. */
  *iterate<Row>(sql: string, ...parameters: unknown[]): Generator<Row> {
    const rows = guard(this.path, () =>
      this.#db.prepare<unknown[], Row>(sql).iterate(...parameters),
    );
    try {
      for (;;) {
        const next = guard(this.path, () => rows.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      rows.return?.();
    }
  }
}

/**
 * Whether it is what a damaged place answers with, and nothing more can be had there. A lock is no such
 * thing: what another program holds now can be read when it has finished.
 */
export function isDamagedPlace(error: unknown): error is StorageError {
  return error instanceof StorageError && error.code !== 'store_locked';
}

function guard<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const known = asStorageError(error, path);
    if (known instanceof StorageError || !(error instanceof SqliteError)) throw known;
    // "no such table" and its like: the schema itself is not what it was.
    const message = `The database ${path} cannot be read there (${error.message})`;
    throw new StorageError('store_damaged', message, { cause: error });
  }
}
