/**
 * SQLite's result codes in the words of this library: what happened to which database, and whether
 * trying again makes sense. What is in none of these groups is a fault of the program and passes as
 * it is.
 */
import { SqliteError } from 'better-sqlite3';
import { StorageError, type StorageErrorCode } from '../errors.js';

interface Meaning {
  readonly code: StorageErrorCode;
  readonly says: string;
}

const LOCKED: Meaning = {
  code: 'store_locked',
  says: 'is held by another program; close that program, or wait until it has finished.',
};
const UNWRITABLE: Meaning = {
  code: 'store_unwritable',
  says: 'cannot be written; look at the room on the disk, the permissions and the disk itself.',
};
const DAMAGED: Meaning = {
  code: 'store_damaged',
  says: 'is damaged; the recovery, run while no writer runs, sets it aside and rebuilds it.',
};

/** By the primary result code; an extended one (`SQLITE_IOERR_FSYNC`) begins with it. */
const MEANINGS: readonly (readonly [string, Meaning])[] = [
  ['SQLITE_IOERR_CORRUPTFS', DAMAGED],
  ['SQLITE_BUSY', LOCKED],
  ['SQLITE_LOCKED', LOCKED],
  ['SQLITE_PROTOCOL', LOCKED],
  ['SQLITE_CORRUPT', DAMAGED],
  ['SQLITE_NOTADB', DAMAGED],
  ['SQLITE_FULL', UNWRITABLE],
  ['SQLITE_IOERR', UNWRITABLE],
  ['SQLITE_READONLY', UNWRITABLE],
  ['SQLITE_CANTOPEN', UNWRITABLE],
  ['SQLITE_PERM', UNWRITABLE],
  ['SQLITE_NOMEM', UNWRITABLE],
];

export function asStorageError(error: unknown, path: string): unknown {
  if (!(error instanceof SqliteError)) return error;
  const meaning = MEANINGS.find(([prefix]) => error.code.startsWith(prefix))?.[1];
  if (meaning === undefined) return error;
  const message = `The database ${path} ${meaning.says} (${error.code}: ${error.message})`;
  return new StorageError(meaning.code, message, { cause: error });
}
