/**
 * Copies a database beside a writer at work, as it is at one moment.
 *
 * ```
 *   a snapshot of the source is held ─▶ pages copied ─▶ the copy made one file ─▶ read through
 *     ─▶ its rows counted against those of the snapshot ─▶ synced
 * ```
 * The snapshot is what lets it come to an end: without one SQLite begins a copy anew each time somebody
 * commits. While it is held the writer goes on; only its write-ahead log grows, and no buffer is removed.
 */
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { nodeFileSystem, type FileSystem } from '../buffer/index.js';
import { StorageError } from '../errors.js';
import { asReadError, openReadOnly } from '../reader/open-read-only.js';
import { asStorageError } from '../store/sqlite-errors.js';
import { countRows, differences, type RowCounts } from './row-counts.js';

export interface CopyOptions {
  readonly from: string;
  /** A name that nothing has; its directory is there. */
  readonly to: string;
  readonly signal: AbortSignal;
  /** In pages of the database, of which there are `total`. */
  readonly onProgress?: (done: number, total: number) => void;
  /** All is copied; what is left is to read it through, in one go. */
  readonly onCheck?: () => void;
  /** How long to wait for another program that holds the database, in ms; 5000. */
  readonly busyTimeoutMs?: number;
  readonly fs?: FileSystem;
}

export interface CopiedDatabase {
  readonly bytes: number;
  /** Counted in the copy, and the same in the database at that moment. */
  readonly rows: RowCounts;
}

const BUSY_TIMEOUT_MS = 5_000;
/** Some milliseconds; in between a Ctrl-C comes in, and a bar is drawn. */
const STEP_PAGES = 1_000;

/**
 * Whole, checked, one file and durable (but for its name) when it resolves; undefined when it was told to
 * stop. Nothing is left at `to` otherwise. Throws StorageError: as `StoreReader.open`; `store_damaged` (the
 * database itself is), `store_unwritable` (no room), `copy_differs`.
 */
export async function copyDatabase(options: CopyOptions): Promise<CopiedDatabase | undefined> {
  const { from, to, fs = nodeFileSystem() } = options;
  const source = openReadOnly(from, options.busyTimeoutMs ?? BUSY_TIMEOUT_MS);
  try {
    const before = holdSnapshot(source, from);
    if (!(await copyPages(source, options))) {
      await remove(to, fs);
      return undefined;
    }
    options.onCheck?.();
    const rows = checkCopy(options, before);
    const file = await fs.open(to, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    return { bytes: (await fs.stat(to)).size, rows };
  } catch (error) {
    await remove(to, fs);
    throw asStorageError(error, to);
  } finally {
    source.close();
  }
}

/** It lasts until the connection is closed. */
function holdSnapshot(source: Database, path: string): RowCounts {
  try {
    source.exec('BEGIN');
    return countRows(source);
  } catch (error) {
    throw asReadError(error, path);
  }
}

/** False when it was told to stop. */
async function copyPages(source: Database, options: CopyOptions): Promise<boolean> {
  const { to, signal, onProgress } = options;
  const stop = new Error('told to stop');
  try {
    await source.backup(to, {
      progress: ({ totalPages, remainingPages }) => {
        // The one way to end it: the library then closes the file.
        if (signal.aborted) throw stop;
        onProgress?.(totalPages - remainingPages, totalPages);
        return STEP_PAGES;
      },
    });
    return !signal.aborted;
  } catch (error) {
    if (error === stop) return false;
    throw error;
  }
}

function checkCopy({ from, to }: CopyOptions, before: RowCounts): RowCounts {
  const copy = new SqliteDatabase(to, { fileMustExist: true });
  try {
    // One file, which can be read where nothing may be written beside it. A writer changes it back.
    copy.pragma('journal_mode = DELETE');
    const finding = String(copy.pragma('integrity_check(1)', { simple: true }));
    const [orphan] = copy.pragma('foreign_key_check') as { readonly table: string }[];
    if (finding !== 'ok' || orphan !== undefined) {
      const what =
        finding === 'ok' ? `a row of ${orphan?.table ?? ''} belongs to nothing` : finding;
      throw new StorageError(
        'store_damaged',
        `The copy of ${from} is not whole (${what}): the database itself is damaged, or the disk of ${to}. The copy was removed.`,
      );
    }
    const rows = countRows(copy);
    const [different] = differences(before, rows);
    if (different === undefined) return rows;
    throw new StorageError(
      'copy_differs',
      `The copy of ${from} has ${different}. The copy was removed; look at the disk of ${to}.`,
    );
  } finally {
    copy.close();
  }
}

/** With what SQLite had beside it. */
async function remove(path: string, fs: FileSystem): Promise<void> {
  for (const suffix of ['', '-journal', '-wal', '-shm']) {
    await fs.unlink(path + suffix).catch(() => undefined);
  }
}
