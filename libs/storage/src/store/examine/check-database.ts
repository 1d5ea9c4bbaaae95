/**
 * Looks whether a database is what it should be, before anything is written to it. It reads only:
 * a file that is not ours, or one that a person still wants to examine, must not change by it.
 *
 * There is one exception: a file whose last transaction was cut in the middle, in the few moments
 * before it has a write-ahead log, can be read by nobody until that is taken back.
 *
 * SQLite's `quick_check` reads the whole file; above `wholeBytes` it is left out, because a start
 * must not wait for minutes every time, and only the schema is read.
 */
import { open, stat } from 'node:fs/promises';
import SqliteDatabase, { SqliteError } from 'better-sqlite3';
import { StorageError } from '../../errors.js';
import { errorCode } from '../../buffer/file-system.js';
import { APPLICATION_ID, migrations, schemaVersion } from '../migrations/index.js';
import { asStorageError } from '../sqlite-errors.js';

export type DatabaseState =
  /** Whole, as far as `quick_check` sees. */
  | { readonly state: 'sound' }
  /** Opens, but is too large to be read through. */
  | { readonly state: 'unchecked'; readonly bytes: number }
  /** Not there, or of no length. */
  | { readonly state: 'missing' }
  /** Ours, but not whole. */
  | { readonly state: 'damaged'; readonly finding: string };

export interface CheckOptions {
  /** Above so many bytes the file is not read through; 4 GiB. */
  readonly wholeBytes?: number;
  /** How long to wait for another program that holds it, in ms; 5000. */
  readonly busyTimeoutMs?: number;
}

const BUSY_TIMEOUT_MS = 5000;

/**
 * Throws StorageError `store_foreign` (a file of somebody else: nothing of it may be touched),
 * `store_too_new`, `store_locked`, `store_unwritable`. Not for a process that has the database open:
 * looking at a damaged file by other means than SQLite's drops SQLite's locks on it.
 */
export async function checkDatabase(
  path: string,
  options: CheckOptions = {},
): Promise<DatabaseState> {
  try {
    return await check(path, options);
  } catch (error) {
    if (!isCutInTheMiddle(error)) throw error;
    takeBack(path, options.busyTimeoutMs);
    return await check(path, options);
  }
}

async function check(
  path: string,
  { wholeBytes = 4_294_967_296, busyTimeoutMs = BUSY_TIMEOUT_MS }: CheckOptions,
): Promise<DatabaseState> {
  const bytes = await sizeOf(path);
  if (bytes === undefined || bytes === 0) return { state: 'missing' };
  try {
    const finding = examine(path, busyTimeoutMs, bytes <= wholeBytes);
    if (finding !== undefined) return { state: 'damaged', finding };
    return bytes <= wholeBytes ? { state: 'sound' } : { state: 'unchecked', bytes };
  } catch (error) {
    const known = asStorageError(error, path);
    if (!(known instanceof StorageError) || known.code !== 'store_damaged') throw known;
    const finding = error instanceof Error ? error.message : String(error);
    if (await wasOurs(path)) return { state: 'damaged', finding };
    throw foreign(path, 'is no database but another file', error);
  }
}

/** A journal lies beside the file, with what has to be put back before anyone may read it. */
function isCutInTheMiddle(error: unknown): boolean {
  const cause = error instanceof StorageError ? error.cause : error;
  return cause instanceof SqliteError && cause.code === 'SQLITE_READONLY_ROLLBACK';
}

/** SQLite does it for whoever reads and may write; the writer's own opening would. */
function takeBack(path: string, timeout = BUSY_TIMEOUT_MS): void {
  const db = new SqliteDatabase(path, { fileMustExist: true, timeout });
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch (error) {
    throw asStorageError(error, path);
  } finally {
    db.close();
  }
}

/** What is wrong with it, if anything. */
function examine(path: string, timeout: number, whole: boolean): string | undefined {
  const db = new SqliteDatabase(path, { readonly: true, fileMustExist: true, timeout });
  try {
    const tables = Number(
      db.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get(),
    );
    const owner = Number(db.pragma('application_id', { simple: true }));
    if (owner !== APPLICATION_ID && (owner !== 0 || tables > 0)) {
      throw foreign(path, 'is a database of another program');
    }
    if (schemaVersion(db) > migrations.length) throw tooNew(path, schemaVersion(db));
    if (!whole) return undefined;
    const finding = String(db.pragma('quick_check(1)', { simple: true }));
    return finding === 'ok' ? undefined : finding;
  } finally {
    db.close();
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw foreign(path, 'is a directory');
    return stats.size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    if (error instanceof StorageError) throw error;
    throw new StorageError(
      'store_unwritable',
      `The database ${path} cannot be examined (${String(error)}). Check its directory and the permissions.`,
      { cause: error },
    );
  }
}

function foreign(path: string, what: string, cause?: unknown): StorageError {
  return new StorageError(
    'store_foreign',
    `${path} ${what}. Nothing was changed in it; choose another path for the database.`,
    { cause },
  );
}

function tooNew(path: string, version: number): StorageError {
  return new StorageError(
    'store_too_new',
    `The database ${path} has schema version ${version}, this program knows up to ${migrations.length}: a newer version of it has been here. Run that one, or choose another path for the database.`,
  );
}

const MAGIC = Buffer.from('SQLite format 3\0', 'latin1');
/** Stands in the text of our schema, wherever in the file the schema lies. */
const MARK = Buffer.from('measurement_log', 'latin1');
const LOOK_BYTES = 4_194_304;

/**
 * Of a file that SQLite takes for damaged or for no database at all: whether it was one of ours. It
 * begins as a database does, or with the zeros of a power cut, or still has our schema in it.
 */
async function wasOurs(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const start = Buffer.alloc(LOOK_BYTES);
    const { bytesRead } = await file.read(start, 0, LOOK_BYTES, 0);
    const magic = start.subarray(0, MAGIC.length);
    return (
      magic.equals(MAGIC) ||
      magic.every((byte) => byte === 0) ||
      start.subarray(0, bytesRead).includes(MARK)
    );
  } finally {
    await file.close();
  }
}
