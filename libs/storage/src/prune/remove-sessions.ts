/**
 * Takes sessions out of a database, one by one, each only if an archive holds all of it at that moment:
 *
 * ```
 *   nobody else may write ─▶ nothing of it is on its way ─▶ same rows in the archive, value by value
 *     ─▶ its rows deleted ─▶ its archived buffers unlinked ─▶ commit
 * ```
 * The archived buffers go before the commit: killed in between, the session is in the database still. The
 * other way round it would be in neither, and a rebuild would bring it back.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { silentLog } from '@elmetron/protocol';
import { NotesJournal } from '../annotations/index.js';
import { DatabaseLock, nodeFileSystem, type FileSystem } from '../buffer/index.js';
import { errorCode } from '../buffer/file-system.js';
import { StorageError } from '../errors.js';
import { owedRebuild } from '../recovery/database/owed-rebuild.js';
import { openDatabase } from '../store/open-database.js';
import { asStorageError } from '../store/sqlite-errors.js';
import { archivedSession, heldBack, type RestingPlaces } from './held-back.js';
import { firstDifference, keyOf, sessionTables, type SessionTable } from './session-tables.js';

export interface RemoveSessionsOptions extends RestingPlaces {
  readonly path: string;
  /** Made by `archiveSessions`, under its own name. */
  readonly archive: string;
  readonly sessions: readonly string[];
  readonly signal: AbortSignal;
  /** How many sessions have been looked at. */
  readonly onProgress?: (sessions: number) => void;
  readonly busyTimeoutMs?: number;
  readonly fs?: FileSystem;
}

export interface RemovedSessions {
  readonly removed: readonly string[];
  /** Those that stay, and why, as the rest of a sentence. */
  readonly kept: readonly { readonly session: string; readonly why: string }[];
  /** Archived buffers that went with them. */
  readonly archivedBuffers: number;
  /** False when it was told to stop before it was through. */
  readonly finished: boolean;
}

/** A writer holds the database for milliseconds; an export or a checkpoint not at all. */
const BUSY_TIMEOUT_MS = 30_000;
/** A writer that waits gets its turn within so long. */
const LONGEST_PAUSE_MS = 1_000;

/**
 * Throws StorageError: `rebuild_refused` while a rebuild is owed, `lock_held` while the database is being
 * replaced, and as opening a store. What was removed until then stays removed.
 */
export async function removeSessions(options: RemoveSessionsOptions): Promise<RemovedSessions> {
  const { path, archive, busyTimeoutMs = BUSY_TIMEOUT_MS } = options;
  const lock = DatabaseLock.share(path);
  try {
    if ((await owedRebuild(path)) !== undefined) {
      throw new StorageError(
        'rebuild_refused',
        `A rebuild of ${path} is not finished: it would bring sessions back. Run "elmetron recover" first.`,
      );
    }
    const db = openDatabase({ path, busyTimeoutMs, log: silentLog });
    try {
      db.prepare('ATTACH ? AS archive').run(archive);
      return await new Removal(db, options).run();
    } finally {
      db.close();
    }
  } catch (error) {
    throw asStorageError(error, path);
  } finally {
    lock.release();
  }
}

class Removal {
  readonly #db: Database;
  readonly #options: RemoveSessionsOptions;
  readonly #fs: FileSystem;
  readonly #tables: readonly SessionTable[];
  readonly #removed: string[] = [];
  readonly #kept: { session: string; why: string }[] = [];
  #archivedBuffers = 0;

  constructor(db: Database, options: RemoveSessionsOptions) {
    this.#db = db;
    this.#options = options;
    this.#fs = options.fs ?? nodeFileSystem();
    this.#tables = sessionTables(db);
  }

  async run(): Promise<RemovedSessions> {
    const { sessions, signal, onProgress } = this.#options;
    let looked = 0;
    for (const session of sessions) {
      if (signal.aborted) break;
      const began = performance.now();
      const why = await this.#one(session);
      if (why === undefined) this.#removed.push(session);
      else this.#kept.push({ session, why });
      looked++;
      onProgress?.(looked);
      // As long as the database was held: the writer waits for it by trying now and then.
      await delay(Math.min(performance.now() - began, LONGEST_PAUSE_MS));
    }
    return {
      removed: this.#removed,
      kept: this.#kept,
      archivedBuffers: this.#archivedBuffers,
      finished: looked === sessions.length,
    };
  }

  /** Why it stays, if it does. */
  async #one(session: string): Promise<string | undefined> {
    // No writer can commit now, nor remove a buffer of what it has not committed.
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const why =
        (await heldBack(this.#options, this.#fs))(session) ??
        (await this.#unknownNote(session)) ??
        this.#otherwise(session);
      if (why !== undefined) {
        this.#db.exec('ROLLBACK');
        return why;
      }
      this.#deleteRows(session);
      await this.#unlinkArchivedBuffers(session);
      this.#db.exec('COMMIT');
      return undefined;
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  /** A note is in the journal before it is in the database, which may have been held just then. */
  async #unknownNote(session: string): Promise<string | undefined> {
    const { annotations } = await new NotesJournal(this.#options.path, this.#fs).read();
    const held = this.#db.prepare<[string], number>('SELECT 1 FROM main.annotations WHERE uid = ?');
    const missing = annotations.some(
      (annotation) => annotation.session === session && held.get(annotation.uid) === undefined,
    );
    return missing
      ? 'has a note that is not in the database yet; the next note or start of the writer brings it'
      : undefined;
  }

  #otherwise(session: string): string | undefined {
    const key = keyOf(this.#db, session);
    if (key === undefined) return 'is gone already';
    const open = this.#db
      .prepare<[number], number>('SELECT end_reason IS NULL FROM main.sessions WHERE id = ?')
      .pluck()
      .get(key.id);
    if (open !== 0) return 'is open again';
    const table = firstDifference(this.#db, 'archive', this.#tables, key);
    return table === undefined ? undefined : `was changed after it was archived (${table})`;
  }

  #deleteRows(session: string): void {
    const key = keyOf(this.#db, session);
    for (const { name, belongs } of [...this.#tables].reverse()) {
      if (belongs === undefined) continue;
      this.#db.prepare(`DELETE FROM main."${name}" WHERE ${belongs}`).run(key);
    }
  }

  async #unlinkArchivedBuffers(session: string): Promise<void> {
    const directory = join(this.#options.capturesDir, 'archive');
    let names: readonly string[];
    try {
      names = await this.#fs.readDirectory(directory);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return;
      throw error;
    }
    const own = names.filter((name) => archivedSession(name) === session);
    for (const name of own) {
      await this.#fs.unlink(join(directory, name)).catch((error: unknown) => {
        // Too old, and removed by a writer a moment ago.
        if (errorCode(error) !== 'ENOENT') throw error;
      });
      this.#archivedBuffers++;
    }
    if (own.length > 0) await this.#fs.syncDirectory(directory);
  }
}
