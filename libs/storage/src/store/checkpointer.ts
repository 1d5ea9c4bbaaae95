/**
 * Brings the write-ahead log into the main database file. Buffers are removed on its word, so it
 * says "done" only when that is beyond doubt:
 *
 * - Mode FULL, and both the "busy" column 0 and all frames of the log copied. FULL holds the
 *   writer's lock meanwhile. PASSIVE would not do: with a commit of another process in between,
 *   SQLite reports every frame that it saw as copied and has not synced the database file.
 * - FULL waits for readers of older snapshots as long as the busy timeout says; that is made short,
 *   so that a reader that never ends delays a removal and nothing else.
 * - A sync that has failed is final. The kernel may mark the pages clean, so a later sync that
 *   succeeds proves nothing; what was copied before may never reach the disk.
 *
 * What SQLite does by itself after a commit (`wal_autocheckpoint`) throws its errors away, so the
 * same work is done here.
 */
import { SqliteError } from 'better-sqlite3';
import type { Log } from '@elmetron/protocol';
import { StorageError } from '../errors.js';
import { asStorageError } from './sqlite-errors.js';

/** The part of a database connection that this needs. */
export interface PragmaSource {
  pragma(source: string): unknown;
}

export interface CheckpointerOptions {
  readonly db: PragmaSource;
  readonly path: string;
  readonly busyTimeoutMs: number;
  readonly log: Log;
}

/** Longest wait for readers and writers; the other writers wait as long. */
const WAIT_MS = 250;

/**
 * Pages (of 4 KiB) in the log that are worth copying: four times SQLite's own measure, so that what every commit writes
 * anew (the last page of the table, the session's row) is copied less often, and the database file synced.
 */
const ENOUGH_PAGES = 4_000;

export class Checkpointer {
  readonly #options: CheckpointerOptions;
  #syncFailure: StorageError | undefined;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
  }

  /** True when all commits so far are in the main database file, and that is synced. */
  complete(): boolean {
    if (this.#syncFailure !== undefined) throw this.#syncFailure;
    const { db, busyTimeoutMs } = this.#options;
    db.pragma(`busy_timeout = ${Math.min(busyTimeoutMs, WAIT_MS)}`);
    try {
      const { busy, log, checkpointed } = this.#run('FULL');
      return busy === 0 && log === checkpointed;
    } catch (error) {
      const known = this.#failed(error);
      if (known instanceof StorageError && known.code === 'store_locked') return false;
      throw known;
    } finally {
      db.pragma(`busy_timeout = ${busyTimeoutMs}`);
    }
  }

  /** After a commit: keeps the log short, as far as that goes without waiting. Never throws. */
  keepShort(): void {
    if (this.#syncFailure !== undefined) return;
    try {
      // NOOP copies nothing and tells how long the log is.
      const { log, checkpointed } = this.#run('NOOP');
      if (log - checkpointed >= ENOUGH_PAGES) this.#run('PASSIVE');
    } catch (error) {
      // The commit is durable in the log all the same.
      this.#options.log.warn(
        { err: this.#failed(error) },
        'The write-ahead log could not be copied into the database',
      );
    }
  }

  #run(mode: 'FULL' | 'NOOP' | 'PASSIVE'): { busy: number; log: number; checkpointed: number } {
    const rows = this.#options.db.pragma(`wal_checkpoint(${mode})`);
    const [row] = rows as [{ busy: number; log: number; checkpointed: number }];
    return row;
  }

  #failed(error: unknown): unknown {
    const { path } = this.#options;
    if (error instanceof SqliteError && SYNC_FAILURES.has(error.code)) {
      this.#syncFailure = new StorageError(
        'sync_failed',
        `The disk did not confirm what was written to the database ${path}; look at the disk, then start again. (${error.code})`,
        { cause: error },
      );
      return this.#syncFailure;
    }
    return asStorageError(error, path);
  }
}

const SYNC_FAILURES: ReadonlySet<string> = new Set([
  'SQLITE_IOERR_FSYNC',
  'SQLITE_IOERR_DIR_FSYNC',
]);
