/**
 * A lock that the kernel holds for a living process and frees when it dies, however it dies: a
 * SQLite transaction on a small database file of its own. SQLite locks byte ranges on every
 * platform; Node has no call for it. Pid files and file times lie after a reboot, this does not.
 *
 * What keeps it honest:
 * - The connection stays in a module-level set: better-sqlite3 closes a collected connection, and
 *   with it the lock.
 * - POSIX drops all locks of a process on a file when the process closes *any* descriptor of it.
 *   SQLite defers such closes itself, `node:fs` does not: nothing may open a lock file by fs.
 *   `stat` and `unlink` open nothing.
 * - A lock on a file that was unlinked meanwhile protects nothing. So the name must lead to the
 *   same file before the connection is opened and after the lock is taken; else all is done again.
 * - `journal_mode=MEMORY`: nothing is ever written, and no journal file appears beside the lock.
 */
import Database from 'better-sqlite3';
import { statSync, unlinkSync } from 'node:fs';
import { errorCode } from './file-system.js';
import { StorageError } from '../errors.js';

/** Exclusive: nobody else. Shared: any number, but no exclusive one. */
export type LockKind = 'exclusive' | 'shared';

const held = new Set<Database.Database>();

/** Rounds of trying when two processes reach for the same lock in the same moment. */
const ROUNDS = 8;
/** How long one round waits for the other to finish taking (or giving up), in ms. */
const ROUND_MS = 50;

export class KernelLock {
  readonly path: string;
  #connection: Database.Database | undefined;

  private constructor(path: string, connection: Database.Database) {
    this.path = path;
    this.#connection = connection;
    held.add(connection);
  }

  /**
   * Takes the lock, or returns undefined when a living process (this one included) holds it in a
   * way that excludes it. Throws StorageError `buffer_unwritable` when the file cannot be used.
   * Synchronous: at once when it is free or firmly held, under half a second in a race.
   */
  static take(path: string, kind: LockKind): KernelLock | undefined {
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const before = identity(path);
        if (before === undefined) {
          // Made by SQLite, not by fs, so that closing it can drop no lock of this process.
          new Database(path).close();
          continue;
        }
        const connection = begin(path, kind);
        if (connection === 'held') return undefined;
        if (connection === 'contended') continue;
        if (identity(path) === before) return new KernelLock(path, connection);
        connection.close();
      }
      return undefined;
    } catch (error) {
      throw new StorageError(
        'buffer_unwritable',
        `The lock file ${path} cannot be used (${reason(error)}). Check that its directory exists, can be written to and has room, and that the file was made by this program.`,
        { cause: error },
      );
    }
  }

  /**
   * Frees the lock. `remove` also removes the file, while the lock is still held: whoever opened
   * it meanwhile notices that its name leads elsewhere.
   */
  release(options: { readonly remove?: boolean } = {}): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#connection = undefined;
    const removed = options.remove === true && tryUnlink(this.path);
    held.delete(connection);
    connection.close();
    // Windows removes no open file; there the name cannot be taken over in between either.
    if (options.remove === true && !removed) tryUnlink(this.path);
  }
}

/** Which file a name leads to; undefined when there is none. The birth time tells reused inodes apart. */
function identity(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`;
}

function begin(path: string, kind: LockKind): Database.Database | 'held' | 'contended' {
  const connection = new Database(path, { timeout: kind === 'shared' ? ROUND_MS : 0 });
  let asked: LockKind = 'shared';
  try {
    // A firm exclusive lock refuses even readers: asking as a reader first tells it at once from
    // a race, in which two exclusive takers may refuse each other for a moment.
    connection.pragma('journal_mode = MEMORY');
    connection.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
    if (kind === 'shared') return connection;
    connection.exec('ROLLBACK');
    asked = 'exclusive';
    connection.pragma(`busy_timeout = ${ROUND_MS}`);
    connection.exec('BEGIN EXCLUSIVE');
    return connection;
  } catch (error) {
    connection.close();
    if (!errorCode(error)?.startsWith('SQLITE_BUSY')) throw error;
    return asked === 'exclusive' || kind === 'shared' ? 'contended' : 'held';
  }
}

function tryUnlink(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
