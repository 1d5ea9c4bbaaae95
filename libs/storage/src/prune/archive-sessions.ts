/**
 * Puts whole sessions into a database of their own, with the schema of the one that they come from: it can
 * be read by all that reads that one.
 */
import { dirname } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { nodeFileSystem, type FileSystem } from '../buffer/index.js';
import { StorageError } from '../errors.js';
import { StoreReader } from '../reader/index.js';
import { migrations, schemaVersion } from '../store/migrations/index.js';
import { asStorageError } from '../store/sqlite-errors.js';
import { firstDifference, keyOf, sessionTables, type SessionTable } from './session-tables.js';

export interface ArchiveSessionsOptions {
  readonly from: string;
  /** A name that nothing has; its directory is there. */
  readonly to: string;
  /** Their names. */
  readonly sessions: readonly string[];
  readonly signal: AbortSignal;
  /** How many sessions are in it. */
  readonly onProgress?: (sessions: number) => void;
  readonly busyTimeoutMs?: number;
  readonly fs?: FileSystem;
}

const BUSY_TIMEOUT_MS = 5_000;

/**
 * Whole, compared row by row, and durable (but for its name) when it resolves; to false when it was told to
 * stop. Nothing is left at `to` otherwise. Throws StorageError: as `StoreReader.open`; `store_too_old`,
 * `store_unwritable` (no room), `copy_differs`.
 */
export async function archiveSessions(options: ArchiveSessionsOptions): Promise<boolean> {
  const { from, to, sessions, signal, onProgress, fs = nodeFileSystem() } = options;
  // Says what is wrong with a file that is none of ours, before anything is done.
  StoreReader.open(from, options.busyTimeoutMs ?? BUSY_TIMEOUT_MS).close();
  let db: Database | undefined;
  try {
    db = openArchive(options);
    refuseOlder(db, from);
    const tables = sessionTables(db);
    // Few rows, and of no session: what sessions refer to.
    for (const table of tables) if (table.belongs === undefined) copyRows(db, table);
    for (const [index, uid] of sessions.entries()) {
      if (signal.aborted) break;
      copySession(db, tables, uid);
      onProgress?.(index + 1);
      await new Promise(setImmediate);
    }
    if (!signal.aborted) check(db, options, tables);
    db.close();
    if (signal.aborted) {
      await remove(to, fs);
      return false;
    }
    const file = await fs.open(to, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.syncDirectory(dirname(to));
    return true;
  } catch (error) {
    db?.close();
    await remove(to, fs);
    throw asStorageError(error, to);
  }
}

function openArchive({ from, to, busyTimeoutMs = BUSY_TIMEOUT_MS }: ArchiveSessionsOptions) {
  const db = new SqliteDatabase(to, { timeout: busyTimeoutMs });
  try {
    // It is synced as a whole, and named only then: a cut leaves nothing that anybody would read.
    db.pragma('journal_mode = MEMORY');
    db.pragma('synchronous = OFF');
    db.prepare('ATTACH ? AS source').run(from);
    const sql = `SELECT sql FROM source.sqlite_schema
      WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY rowid`;
    for (const made of db.prepare<[], string>(sql).pluck().all()) db.exec(made);
    for (const mark of ['application_id', 'user_version']) {
      db.pragma(`${mark} = ${Number(db.pragma(`source.${mark}`, { simple: true }))}`);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** It would be another one when the sessions are removed: opening it to write brings it up to date. */
function refuseOlder(db: Database, path: string): void {
  const version = schemaVersion(db);
  if (version === migrations.length) return;
  throw new StorageError(
    'store_too_old',
    `The database ${path} has schema version ${version}, this program makes it ${migrations.length}. Start the writer of this version once, then run it again.`,
  );
}

function copySession(db: Database, tables: readonly SessionTable[], uid: string): void {
  const key = db
    .prepare<[string], { id: number; uid: string }>(
      'SELECT id, uid FROM source.sessions WHERE uid = ?',
    )
    .get(uid);
  if (key === undefined) return;
  // One transaction, so that it is of one moment also in the source.
  db.transaction(() => {
    for (const table of tables) if (table.belongs !== undefined) copyRows(db, table, key);
  })();
}

function copyRows(
  db: Database,
  { name, columns, belongs }: SessionTable,
  key?: { readonly id: number; readonly uid: string },
): void {
  const list = columns.join(', ');
  const insert = `INSERT INTO main."${name}" (${list}) SELECT ${list} FROM source."${name}"`;
  if (belongs === undefined) db.prepare(insert).run();
  else db.prepare(`${insert} WHERE ${belongs}`).run(key);
}

function check(
  db: Database,
  { from, to, sessions }: ArchiveSessionsOptions,
  tables: readonly SessionTable[],
): void {
  const integrity = String(db.pragma('main.integrity_check(1)', { simple: true }));
  const [orphan] = db.pragma('main.foreign_key_check') as { readonly table: string }[];
  const finding =
    orphan === undefined ? integrity : `a row of ${orphan.table} refers to what is not in it`;
  const differing = sessions.find((uid) => {
    const key = keyOf(db, uid);
    return key === undefined || firstDifference(db, 'source', tables, key) !== undefined;
  });
  if (finding === 'ok' && differing === undefined) return;
  const what = differing === undefined ? finding : `session ${differing} is another in it`;
  throw new StorageError(
    'copy_differs',
    `The archive of ${from} is not what the database holds (${what}). It was removed, and nothing else; look at the disk of ${to}, then run it again.`,
  );
}

async function remove(path: string, fs: FileSystem): Promise<void> {
  for (const suffix of ['', '-journal']) await fs.unlink(path + suffix).catch(() => undefined);
}
