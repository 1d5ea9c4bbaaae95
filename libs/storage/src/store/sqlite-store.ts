/**
 * The store in SQLite, in the thread that it is opened in: every call blocks that thread until the
 * disk has answered. Processes that have more to do than that use `openStoreThread`.
 */
import type { Database } from 'better-sqlite3';
import { LineScanner, type Clock } from '@elmetron/protocol/offline';
import type { Annotation } from '../annotations/annotation.js';
import { StorageError } from '../errors.js';
import { BatchCommit } from './batch-commit.js';
import { Checkpointer } from './checkpointer.js';
import { openDatabase, type DatabaseOptions } from './open-database.js';
import { readRecordLine, type RecordLine } from './record-lines.js';
import { annotationColumns, eventColumns } from './row-mapping.js';
import { asStorageError } from './sqlite-errors.js';
import { prepareStatements, type Statements } from './statements.js';
import {
  piecesOf,
  type CommitBatch,
  type CommitResult,
  type LegacyBatch,
  type SessionHoles,
  type SessionState,
  type Store,
  type StoreEvent,
} from './store.js';
import { unexplainedHoles } from './unexplained-holes.js';

export interface SqliteStoreOptions extends DatabaseOptions {
  /** Only for the time of events that the store itself records. */
  readonly clock: Clock;
}

/**
 * Opens the database, makes it and its directory when they are not there, and brings its schema up
 * to date. Throws StorageError: `store_foreign`, `store_too_new`, `store_damaged`, `store_locked`,
 * `store_unwritable`, `store_unsafe`.
 */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  const db = openDatabase(options);
  try {
    return new SqliteStore(db, options);
  } catch (error) {
    db.close();
    throw asStorageError(error, options.path);
  }
}

class SqliteStore implements Store {
  readonly #db: Database;
  readonly #options: SqliteStoreOptions;
  readonly #statements: Statements;
  readonly #checkpointer: Checkpointer;
  readonly #scanner = new LineScanner();

  constructor(db: Database, options: SqliteStoreOptions) {
    this.#db = db;
    this.#options = options;
    this.#statements = prepareStatements(db);
    this.#checkpointer = new Checkpointer({ ...options, db });
  }

  async commit(given: CommitBatch): Promise<CommitResult> {
    // Before a transaction begins, so that none is held open for it.
    const pieces = piecesOf(given).map((lines, i) => ({
      lines,
      table: given.tables?.[i] ?? this.#scanner.scan(lines),
    }));
    return this.#write(() => {
      const batch = new BatchCommit(this.#statements, given.recovered, this.#options.clock);
      for (const { lines, table } of pieces) batch.addLines(lines, table);
      return batch.finish();
    });
  }

  async importLegacy({ session, start, lines, occurrence }: LegacyBatch): Promise<CommitResult> {
    const startRecord = start && readImported(start, 'session_start', session);
    const records = lines.map((line) => readImported(line, 'measurement', session));
    return this.#write(() => {
      // What the predecessor left is always taken over after the fact.
      const batch = new BatchCommit(this.#statements, true, this.#options.clock);
      if (startRecord !== undefined) batch.add(startRecord);
      for (const [index, record] of records.entries()) {
        batch.addImported(record, occurrence[index] ?? 1);
      }
      return batch.finish();
    });
  }

  async recordEvent(event: StoreEvent): Promise<void> {
    this.#write(() => {
      const { key, session = null } = event;
      this.#statements.event.addKeyed.run(key, session, eventColumns(event));
    });
  }

  async annotate(annotations: readonly Annotation[]): Promise<number> {
    return this.#write(() => {
      const { add, held } = this.#statements.annotation;
      for (const annotation of annotations) add.run(annotationColumns(annotation));
      return annotations.filter(({ uid }) => held.get(uid) !== undefined).length;
    });
  }

  async reconcileSessions(source: string, listed: readonly string[]): Promise<readonly string[]> {
    return this.#write(() => {
      const list = JSON.stringify(listed);
      this.#statements.session.reopenListed.run(source, list);
      return this.#statements.session.closeUnlisted.all(source, list);
    });
  }

  async sessionState(session: string): Promise<SessionState | undefined> {
    const row = this.#guard(() => this.#statements.session.find.get(session));
    if (row === undefined) return undefined;
    return {
      session: row.uid,
      source: row.source,
      ended: row.end_reason !== null,
      endReason: row.end_reason,
      lastSeq: row.last_seq,
      rows: row.row_count,
      measurements: row.measurement_count,
      complete: row.row_count === row.last_seq + 1,
    };
  }

  async unexplainedHoles(
    source: string,
    listed: readonly string[],
  ): Promise<readonly SessionHoles[]> {
    return this.#guard(() => {
      // One transaction: a session must not get rows between its figures and its numbers.
      const look = () => unexplainedHoles(this.#statements, source, listed);
      return this.#db.transaction(look).deferred();
    });
  }

  async checkpoint(): Promise<boolean> {
    return this.#guard(() => this.#checkpointer.complete());
  }

  async close(): Promise<void> {
    if (!this.#db.open) return;
    const { log, path } = this.#options;
    try {
      this.#checkpointer.complete();
    } catch (error) {
      // All commits are durable in the log; the next life copies them.
      log.warn({ err: error, path }, 'The database is closed without its last checkpoint');
    }
    this.#guard(() => this.#db.close());
  }

  #write<T>(work: () => T): T {
    return this.#guard(() => {
      // IMMEDIATE: a transaction that begins by reading may find that it can no longer write.
      const result = this.#db.transaction(work).immediate();
      this.#checkpointer.keepShort();
      return result;
    });
  }

  #guard<T>(work: () => T): T {
    const { path } = this.#options;
    if (!this.#db.open) {
      throw new StorageError('store_stopped', `The store of ${path} is closed.`);
    }
    try {
      return work();
    } catch (error) {
      throw asStorageError(error, path);
    }
  }
}

function readImported(
  line: Uint8Array,
  type: 'session_start' | 'measurement',
  session: string,
): RecordLine {
  const read = readRecordLine(line);
  if (read.record.type === type && read.record.session === session) return read;
  throw new StorageError(
    'bad_line',
    `An import into ${session} has a ${read.record.type} of ${read.record.session} where a ${type} of its own belongs; nothing of its batch was stored.`,
  );
}
