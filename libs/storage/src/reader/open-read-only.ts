/**
 * Opens a database for looking only: beside a writer at work, after it has ended, and for a user who
 * may read the file and nothing more. Nothing is migrated and nothing repaired.
 */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase, { SqliteError, type Database } from 'better-sqlite3';
import { StorageError } from '../errors.js';
import { APPLICATION_ID, migrations, schemaVersion } from '../store/migrations/index.js';
import { asStorageError } from '../store/sqlite-errors.js';

/** Throws StorageError `store_missing`, `store_foreign`, `store_too_new`, `store_damaged`, `store_locked`, `store_unreadable`. */
export function openReadOnly(path: string, busyTimeoutMs: number): Database {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.size === 0) throw missing(path);
  let db: Database | undefined;
  try {
    db = new SqliteDatabase(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
    recognise(db, path);
    return db;
  } catch (error) {
    db?.close();
    throw asReadError(error, path);
  }
}

/** What a reading that failed is to whoever asked: a damaged place, a lock, or the program's own fault. */
export function asReadError(error: unknown, path: string): unknown {
  if (!(error instanceof SqliteError)) return error;
  if (error.code.startsWith('SQLITE_NOTADB')) return foreign(path, 'is no database', error);
  if (/^SQLITE_(?:CANTOPEN|PERM|READONLY)/.test(error.code)) return unreadable(path, error);
  // Nothing is written here: neither the room on the disk nor a right to write is missing.
  if (/^SQLITE_IOERR(?!_CORRUPTFS)/.test(error.code)) return failedDisk(path, error);
  return asStorageError(error, path);
}

function recognise(db: Database, path: string): void {
  const owner = Number(db.pragma('application_id', { simple: true }));
  if (owner !== APPLICATION_ID) {
    // Between the making of a new one and its first commit there is nothing in it.
    const tables = db.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get();
    throw owner === 0 && tables === 0
      ? missing(path)
      : foreign(path, 'is a database of another program');
  }
  const version = schemaVersion(db);
  if (version > migrations.length) {
    throw new StorageError(
      'store_too_new',
      `The database ${path} has schema version ${version}, this program knows up to ${migrations.length}: a newer version of it has been here. Read it with that one.`,
    );
  }
}

function missing(path: string): StorageError {
  return new StorageError(
    'store_missing',
    `There is no database ${path} yet: the writer makes it with the first reading. Is it another path ([storage] of the configuration)?`,
  );
}

function foreign(path: string, what: string, cause?: unknown): StorageError {
  return new StorageError(
    'store_foreign',
    `${path} ${what}. Correct the path of the database ([storage] of the configuration).`,
    { cause },
  );
}

function unreadable(path: string, cause: Error & { readonly code: string }): StorageError {
  return new StorageError(
    'store_unreadable',
    `The database ${path} cannot be read (${cause.code}): while no writer runs, SQLite has to make two small files beside it, in ${dirname(path)}. Run this as the user of the writer, start the writer, or read a copy made by "elmetron backup".`,
    { cause },
  );
}

function failedDisk(path: string, cause: Error & { readonly code: string }): StorageError {
  return new StorageError(
    'store_unreadable',
    `The database ${path} cannot be read (${cause.code}): look at the disk and at its connection, and whether that path is a file.`,
    { cause },
  );
}
