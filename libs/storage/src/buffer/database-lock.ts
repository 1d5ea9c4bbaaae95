/**
 * Keeps a database file from being moved aside under a process that writes to it: every process
 * that has it open for writing holds `<database>.lock` shared, whoever replaces a damaged database
 * takes it exclusively. The database's own locks cannot serve: they come and go with transactions,
 * and a damaged file may not be lockable at all.
 */
import { StorageError } from '../errors.js';
import { KernelLock, type LockKind } from './kernel-lock.js';

export class DatabaseLock {
  readonly #lock: KernelLock;

  private constructor(lock: KernelLock) {
    this.#lock = lock;
  }

  /** Throws StorageError `lock_held` while the database is being replaced, `buffer_unwritable`. */
  static share(databasePath: string): DatabaseLock {
    return DatabaseLock.#take(databasePath, 'shared', 'is being checked or replaced');
  }

  /** Throws StorageError `lock_held` while any process has the database open, `buffer_unwritable`. */
  static acquireExclusive(databasePath: string): DatabaseLock {
    return DatabaseLock.#take(databasePath, 'exclusive', 'is open');
  }

  static #take(databasePath: string, kind: LockKind, state: string): DatabaseLock {
    const lock = KernelLock.take(`${databasePath}.lock`, kind);
    if (lock !== undefined) return new DatabaseLock(lock);
    throw new StorageError(
      'lock_held',
      `The database ${databasePath} ${state} in another process. Wait until it has ended, or stop it.`,
    );
  }

  /** The file stays, unless `remove`: others may be about to share it. */
  release(options: { readonly remove?: boolean } = {}): void {
    this.#lock.release(options);
  }
}
