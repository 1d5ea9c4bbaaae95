/**
 * The predecessor's SQLite database, only read. Its tables are known by their names, and of the columns those
 * that matter; what else stands in a row is handed on as it is. All of it is one moment of the database, also
 * while the predecessor still writes to it.
 */
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { StorageError } from '../errors.js';
import { toUtcInstant } from '../recovery/legacy/legacy-instant.js';

/** A row as it is: texts, numbers, null; bytes as Buffer. */
export type Row = Readonly<Record<string, unknown>>;

export interface SessionRow {
  readonly id: number;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly note: string | null;
  readonly serial: string | null;
  readonly description: string | null;
  readonly model: string | null;
}

export interface FrameRow {
  readonly id: number;
  readonly session_id: number;
  readonly captured_at: string | null;
  readonly frame_hex: unknown;
  readonly frame_bytes: unknown;
  /** What the predecessor made of it; null when it has no measurement of it. */
  readonly measurement_id: number | null;
  readonly value: number | null;
  readonly unit: string | null;
}

const MADE_OF_FRAMES = `
  CREATE TEMP TABLE made (frame_id INTEGER PRIMARY KEY, measurement_id INTEGER, value, unit);
  INSERT INTO temp.made
    SELECT frame_id, min(id), value, unit FROM measurements
    WHERE typeof(frame_id) = 'integer' GROUP BY frame_id;
`;

const NEEDED = ['instruments', 'sessions', 'raw_frames', 'measurements'];

export class PredecessorDatabase {
  readonly #db: Database;
  readonly #path: string;

  /** @throws StorageError `import_foreign`, `import_unreadable` */
  constructor(path: string) {
    this.#path = path;
    this.#db = this.#guard(() => new SqliteDatabase(path, { readonly: true, fileMustExist: true }));
    try {
      this.#guard(() => this.#begin());
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  sessions(): readonly SessionRow[] {
    return this.#all(
      `SELECT s.id, s.started_at, s.ended_at, s.note, i.serial, i.description, i.model
       FROM sessions s LEFT JOIN instruments i ON i.id = s.instrument_id ORDER BY s.id`,
    ) as unknown as readonly SessionRow[];
  }

  frameCount(): number {
    return Number(this.#all('SELECT count(*) AS n FROM raw_frames')[0]?.['n'] ?? 0);
  }

  /** Session by session, each in the order of its times: sorted by SQLite, one row in memory. */
  frames(): IterableIterator<FrameRow> {
    return this.#each(
      `SELECT f.id, f.session_id, f.captured_at, f.frame_hex, f.frame_bytes,
         m.measurement_id, m.value, m.unit
       FROM raw_frames f LEFT JOIN temp.made m ON m.frame_id = f.id
       ORDER BY f.session_id, instant(f.captured_at), f.id`,
    ) as unknown as IterableIterator<FrameRow>;
  }

  /** Measurements of which the frame is not there. */
  frameless(): IterableIterator<Row> {
    return this.#each(
      `SELECT m.* FROM measurements m LEFT JOIN raw_frames f ON f.id = m.frame_id
       WHERE f.id IS NULL ORDER BY m.id`,
    );
  }

  /** Nothing when there is no such table. */
  all(table: 'session_metadata' | 'annotations' | 'audit_events'): IterableIterator<Row> {
    if (!this.#has(table)) return [][Symbol.iterator]();
    return this.#each(`SELECT * FROM ${table} ORDER BY rowid`);
  }

  close(): void {
    this.#db.close();
  }

  #begin(): void {
    this.#db.function('instant', { deterministic: true }, (text) =>
      typeof text === 'string' ? (toUtcInstant(text) ?? '') : '',
    );
    this.#db.pragma('temp_store = FILE');
    this.#db.exec('BEGIN');
    const missing = NEEDED.filter((table) => !this.#has(table));
    if (missing.length > 0)
      throw new StorageError(
        'import_foreign',
        `${this.#path} is no database of the predecessor: it has no table ${missing.join(', ')}. Name its SQLite file.`,
      );
    // It has no index by frame. A table of our own, on the disk for temporary files, has one.
    this.#db.exec(MADE_OF_FRAMES);
  }

  #has(table: string): boolean {
    const sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";
    return this.#db.prepare(sql).get(table) !== undefined;
  }

  #all(sql: string): readonly Row[] {
    return this.#guard(() => this.#db.prepare<[], Row>(sql).all());
  }

  *#each(sql: string): IterableIterator<Row> {
    const rows = this.#guard(() => this.#db.prepare<[], Row>(sql).iterate());
    try {
      for (;;) {
        const next = this.#guard(() => rows.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // Whoever stops before the end leaves a query open, and the database could not be closed.
      rows.return?.();
    }
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SqliteDatabase.SqliteError) && !(error instanceof TypeError))
        throw error;
      throw new StorageError(
        'import_unreadable',
        `${this.#path} cannot be read as a database of the predecessor: ${error.message}. ${wayOut(error)}`,
        { cause: error },
      );
    }
  }
}

/** A program killed while it wrote leaves a journal, by which the database has to be put right before it is read. */
function wayOut(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN')) {
    return 'If a file of the same name with -journal or -wal lies beside it, copy both into a directory of yours, open the copy once for writing (sqlite3 COPY "SELECT count(*) FROM raw_frames"), and import the copy. Nothing was imported.';
  }
  return 'What was read before is imported; the same import may be repeated. Of a damaged database its buffers may still be whole.';
}
