/**
 * Opens the database with the settings that the promise rests on, and makes sure that SQLite keeps
 * them. What is not ours is recognised before anything is written to it.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import SqliteDatabase, { SqliteError, type Database } from 'better-sqlite3';
import type { Log } from '@elmetron/protocol';
import { StorageError } from '../errors.js';
import { makeDatabaseDirectory } from './database-directory.js';
import { APPLICATION_ID, migrate, migrations, schemaVersion } from './migrations/index.js';
import { asStorageError } from './sqlite-errors.js';

export interface DatabaseOptions {
  readonly path: string;
  /** How long to wait for another program that holds the database. */
  readonly busyTimeoutMs: number;
  readonly log: Log;
}

/** Throws StorageError; leaves nothing open then. */
export function openDatabase({ path, busyTimeoutMs, log }: DatabaseOptions): Database {
  makeDatabaseDirectory(path);
  let db: Database | undefined;
  try {
    db = new SqliteDatabase(path, { timeout: busyTimeoutMs });
    recognise(db, path);
    applySettings(db);
    const scripts = migrate(db);
    checkSettings(db, path);
    log.info(
      { path, schema_version: schemaVersion(db), migrations: scripts },
      'The database is open',
    );
    return db;
  } catch (error) {
    db?.close();
    throw noDatabase(error, path) ?? asStorageError(error, path);
  }
}

function recognise(db: Database, path: string): void {
  // One look, not three: another process may be making its tables at this very moment.
  const { owner, tables, version } = db.transaction(() => ({
    owner: Number(db.pragma('application_id', { simple: true })),
    tables: db.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get(),
    version: schemaVersion(db),
  }))();
  if (owner !== APPLICATION_ID) {
    // An empty one is ours to fill: a kill between its making and its first commit leaves such.
    if (owner === 0 && tables === 0) return;
    throw new StorageError(
      'store_foreign',
      `${path} is a database of another program. Nothing was changed in it; choose another path for the database.`,
    );
  }
  if (version > migrations.length) {
    throw new StorageError(
      'store_too_new',
      `The database ${path} has schema version ${version}, this program knows up to ${migrations.length}: a newer version of it has been here. Run that one, or choose another path for the database.`,
    );
  }
}

/**
 * `synchronous` has to be set, not left at its default: a build may fall to NORMAL once the
 * database is in WAL mode, and NORMAL loses the last commits in a power cut. Automatic checkpoints
 * are off because SQLite swallows their errors, a failed sync among them: see Checkpointer.
 * The two `fullfsync` only mean something on macOS, where fsync alone does not reach the disk.
 */
function applySettings(db: Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('fullfsync = ON');
  db.pragma('checkpoint_fullfsync = ON');
  db.pragma('foreign_keys = ON');
  db.pragma('wal_autocheckpoint = 0');
  // A log grown long behind a slow reader is cut back to this when it starts over.
  db.pragma('journal_size_limit = 16777216');
}

const REQUIRED = { journal_mode: 'wal', synchronous: 2, foreign_keys: 1 } as const;

/** To be called after a write: before it SQLite may report what it will not keep. */
export function checkSettings(db: Database, path: string): void {
  for (const [setting, required] of Object.entries(REQUIRED)) {
    const found = db.pragma(setting, { simple: true });
    if (found === required) continue;
    throw new StorageError(
      'store_unsafe',
      `The database ${path} would not survive a power cut: ${setting} is ${String(found)}, not ${required}. Choose a path on a local disk.`,
    );
  }
}

const MAGIC = Buffer.from('SQLite format 3\0', 'latin1');

/**
 * Of a file that SQLite takes for no database: one that begins as a database does, or with the
 * zeros that a power cut leaves, is a damaged one of ours; anything else is somebody's file.
 */
function noDatabase(error: unknown, path: string): StorageError | undefined {
  if (!(error instanceof SqliteError) || error.code !== 'SQLITE_NOTADB') return undefined;
  const start = Buffer.alloc(MAGIC.length);
  // Opened only now that SQLite has let go of it: closing a file drops all locks that the process has on it.
  const file = openSync(path, 'r');
  try {
    readSync(file, start, 0, start.length, 0);
  } finally {
    closeSync(file);
  }
  const blank = start.every((byte) => byte === 0);
  if (blank || start.equals(MAGIC)) return undefined;
  return new StorageError(
    'store_foreign',
    `${path} is no database but another file of ${statSync(path).size} bytes. Nothing was changed in it; choose another path for the database.`,
    { cause: error },
  );
}
