/** Everything that this library throws on purpose; tests and callers look at `code`, never at the wording. */
export type StorageErrorCode =
  /** The database is held by another program; trying again makes sense. */
  | 'store_locked'
  /** No room (or an I/O error, or read-only) where the database lies; trying again makes sense. */
  | 'store_unwritable'
  /** The file is a database but damaged. */
  | 'store_damaged'
  /** The file is no database at all. */
  | 'store_foreign'
  /** Written by a newer version of this program. */
  | 'store_too_new'
  /** Written by an older version of this program, and not brought up to date yet. */
  | 'store_too_old'
  /** There is no database at that path, or nothing in it yet. */
  | 'store_missing'
  /** The file is there, but this user may not read it where it lies. */
  | 'store_unreadable'
  /** A copy of a database does not hold what the database holds; it was removed. */
  | 'copy_differs'
  /** SQLite would not keep the settings on which the promise rests. */
  | 'store_unsafe'
  /** The store was closed, or the thread that it lives in has died: this one answers nothing more. */
  | 'store_stopped'
  /** What was given to the store is no record; lines are to be checked before. */
  | 'bad_line'
  /** The buffer's file or directory cannot be made or appended to; nothing was half written. */
  | 'buffer_unwritable'
  /** What was written to a buffer or spool cannot be read back. */
  | 'buffer_unreadable'
  /** A sync failed: what is on disk is unknown, the process has to end (a second sync would lie). */
  | 'sync_failed'
  /** `spool_max_bytes` reached or no room on disk; the record was not taken. */
  | 'spool_full'
  /** A rebuild that was asked for would harm or do nothing; the message has the way out. */
  | 'rebuild_refused'
  /** What was to be imported is no file of the predecessor. */
  | 'import_foreign'
  /** What was to be imported is not there, damaged, or cannot be read for another reason. */
  | 'import_unreadable'
  /** Another living process holds the lock. */
  | 'lock_held';

export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;
  constructor(code: StorageErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
