/**
 * A new database beside the one in use, made of everything in archive and buffers. Nothing else is
 * touched: buffers of living writers are read as they lie, a half line at their end is one that is
 * just being written, and the database in use is only compared with.
 *
 * ```
 *   note that it is owed ─▶ archive ─▶ buffers ─▶ what went into the archive meanwhile
 *                        ─▶ checkpoint ─▶ list what only the database in use has ─▶ remove the note
 * ```
 * Killed anywhere, the same command goes on by the note.
 */
import { realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { NotesJournal } from '../annotations/notes-journal.js';
import { errorCode, exists, nodeFileSystem } from '../buffer/file-system.js';
import { DatabaseLock, makeDurableDirectory } from '../buffer/index.js';
import { StorageError } from '../errors.js';
import {
  DatabaseReader,
  extentsOf,
  missingIn,
  type Missing,
  type Store,
  type Stores,
} from '../store/index.js';
import {
  noteOwedRebuild,
  owedRebuild,
  settleOwedRebuild,
  writeDurably,
} from './database/owed-rebuild.js';
import { onlyFor } from './database/rebuild-database.js';
import { nowhereStore } from './nowhere-store.js';
import { newContext, type RecoveryContext, type RecoveryOptions } from './recovery-context.js';
import { replayEverything, type ReplayedEverything } from './replay-everything.js';
import type { RecoveryProgress } from './summary.js';

export interface RebuildIntoOptions extends Omit<RecoveryOptions, 'stores'> {
  /** The file to be made. */
  readonly into: string;
  /** Of emulated meters, or of real ones: one database never holds both. */
  readonly emulated: boolean;
  /** The databases in use. */
  readonly databasePath: string;
  readonly demoDatabasePath: string;
  readonly open: (path: string) => Promise<Store>;
  readonly onProgress?: (progress: RecoveryProgress) => void;
}

export interface RebuildIntoSummary {
  readonly into: string;
  readonly emulated: boolean;
  /** Everything could be read, and the database in use has nothing that is not in the new one. */
  readonly complete: boolean;
  /** In the new database; in a dry run at most so many. */
  readonly measurements: number;
  /** In the new database; 0 in a dry run. */
  readonly sessions: number;
  readonly archives: number;
  readonly buffers: number;
  /** Lines in archive and buffers that are no records any more. */
  readonly damaged_lines: number;
  /** Archives and buffers that could not be read to their end, with the reason. */
  readonly unreadable: readonly string[];
  /** What the database in use had when this began and the new one has not; null: there was none. */
  readonly only_in_use: Missing | null;
  /** Where that is listed. */
  readonly list: string | null;
  readonly interrupted: boolean;
  readonly dry_run: boolean;
}

/** Throws StorageError `rebuild_refused`, `lock_held`, and what opening a database throws. */
export async function rebuildInto(options: RebuildIntoOptions): Promise<RebuildIntoSummary> {
  const { into, dryRun = false, fs = nodeFileSystem() } = options;
  const kind = options.emulated ? 'emulated' : 'real';
  const owed = await refuseTarget(options, kind);
  if (dryRun) return make(options, nowhereStore);
  await makeDurableDirectory(dirname(resolve(into)), fs);
  const lock = DatabaseLock.acquireExclusive(into);
  try {
    if (owed === undefined) {
      const now = new Date(options.clock.now()).toISOString();
      await noteOwedRebuild(into, `${now} new, of ${kind} meters`, fs);
    }
    const opened = await options.open(into);
    try {
      return await make(options, opened);
    } finally {
      await opened.close();
    }
  } finally {
    lock.release({ remove: true });
  }
}

async function make(options: RebuildIntoOptions, store: Store): Promise<RebuildIntoSummary> {
  const { into, emulated, databasePath, demoDatabasePath, dryRun = false, signal } = options;
  const stores: Stores = { get: () => Promise.resolve(store), close: () => Promise.resolve() };
  const context: RecoveryContext = {
    ...newContext({ ...options, stores: onlyFor(emulated, stores) }, () => undefined),
    quarantine: undefined,
    ...(dryRun ? {} : { unpackedPath: () => `${into}.unpacked` }),
  };
  const inUse = emulated ? demoDatabasePath : databasePath;
  // Before anything is read: what is in use now lies in archive or buffers from here on.
  const extents = (await sizeOf(inUse)) > 0 ? extentsOf(inUse) : undefined;
  const replayed = await replayEverything(
    options.capturesDir,
    emulated,
    context,
    options.onProgress,
  );
  const interrupted = !replayed.finished || signal?.aborted === true;
  const missing =
    extents === undefined || dryRun || interrupted ? undefined : missingIn(into, inUse, extents);
  const complete = isComplete(replayed, missing) && !interrupted;
  const made = { replayed, missing, complete };
  const list = dryRun || interrupted ? null : await finish(options, store, made);
  const { archives, buffers, damagedLines, unreadable } = replayed;
  return {
    into,
    emulated,
    complete,
    ...(dryRun ? { measurements: replayed.measurements, sessions: 0 } : contentOf(into)),
    archives,
    buffers,
    damaged_lines: damagedLines,
    unreadable,
    only_in_use: missing ?? null,
    list,
    interrupted,
    dry_run: dryRun,
  };
}

interface Made {
  readonly replayed: ReplayedEverything;
  readonly missing: Missing | undefined;
  readonly complete: boolean;
}

/** As many ranges as a person would look at; the list beside the file has all. */
const LISTED = 1_000;

/** Resolves to where the list is of what only the database in use has. */
async function finish(
  {
    into,
    emulated,
    databasePath,
    demoDatabasePath,
    clock,
    fs = nodeFileSystem(),
  }: RebuildIntoOptions,
  store: Store,
  { replayed, missing, complete }: Made,
): Promise<string | null> {
  await store.recordEvent({
    key: `made:${(await owedRebuild(into)) ?? ''}`,
    at: new Date(clock.now()).toISOString(),
    level: complete ? 'info' : 'error',
    category: 'recovery',
    message: 'This database was made from the archive and the buffers',
    payload: {
      beside: emulated ? demoDatabasePath : databasePath,
      complete,
      damaged_lines: replayed.damagedLines,
      not_read: [...replayed.unreadable],
      only_in_use: (missing?.ranges ?? []).slice(0, LISTED).map((range) => ({ ...range })),
    },
  });
  const { annotations } = await new NotesJournal(emulated ? demoDatabasePath : databasePath).read();
  if (annotations.length > 0) await store.annotate(annotations);
  await store.checkpoint();
  let list: string | null = null;
  if (missing !== undefined && missing.ranges.length + missing.unreadable.length > 0) {
    list = `${into}.lost.json`;
    await writeDurably(list, `${JSON.stringify(missing, null, 2)}\n`, fs);
  }
  await settleOwedRebuild(into, fs);
  return list;
}

function isComplete(
  { unreadable, damagedLines }: ReplayedEverything,
  missing: Missing | undefined,
): boolean {
  const absent = (missing?.ranges.length ?? 0) + (missing?.unreadable.length ?? 0);
  return unreadable.length === 0 && damagedLines === 0 && absent === 0;
}

function contentOf(path: string): { readonly measurements: number; readonly sessions: number } {
  return DatabaseReader.using(path, (reader) => {
    const sessions = [...reader.sessions()];
    const measurements = sessions.reduce((sum, session) => sum + session.measurements, 0);
    return { measurements, sessions: sessions.length };
  });
}

/** What the note of an unfinished rebuild says, when there is one. */
async function refuseTarget(
  { into, databasePath, demoDatabasePath, fs = nodeFileSystem() }: RebuildIntoOptions,
  kind: string,
): Promise<string | undefined> {
  for (const path of [databasePath, demoDatabasePath]) {
    if (!(await sameFile(into, path))) continue;
    throw new StorageError(
      'rebuild_refused',
      `${into} is the database in use. Name a file that is not there yet; to replace the one in use: --replace.`,
    );
  }
  const owed = await owedRebuild(into);
  if (owed === undefined) {
    if (!(await exists(into, fs))) return undefined;
    throw new StorageError(
      'rebuild_refused',
      `${into} is there already, and not an unfinished rebuild. Name a file that is not there yet.`,
    );
  }
  if (owed.endsWith(` new, of ${kind} meters`)) return owed;
  throw new StorageError(
    'rebuild_refused',
    `${into} is the unfinished rebuild of another database (${owed}). Finish that one, or name a file that is not there yet.`,
  );
}

/** 0 when there is no such file. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

async function sameFile(one: string, other: string): Promise<boolean> {
  if (resolve(one) === resolve(other)) return true;
  try {
    return (await realpath(one)) === (await realpath(other));
  } catch {
    return false;
  }
}
