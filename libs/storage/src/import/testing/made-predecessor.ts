/** A database as the predecessor left it, made by the test. */
import SqliteDatabase, { type Database } from 'better-sqlite3';

export class MadePredecessor {
  readonly path: string;
  readonly #db: Database;
  #frames = 0;

  constructor(path: string) {
    this.path = path;
    this.#db = new SqliteDatabase(path);
    // Nothing of it has to outlive the test.
    this.#db.pragma('synchronous = OFF');
    this.#db.exec(`
      CREATE TABLE instruments (id INTEGER PRIMARY KEY, serial TEXT, description TEXT, model TEXT);
      CREATE TABLE sessions (id INTEGER PRIMARY KEY, instrument_id INTEGER, started_at TEXT, ended_at TEXT, note TEXT);
      CREATE TABLE session_metadata (session_id INTEGER, key TEXT, value TEXT);
      CREATE TABLE raw_frames (id INTEGER PRIMARY KEY, session_id INTEGER, captured_at TEXT, frame_hex TEXT, frame_bytes BLOB);
      CREATE TABLE measurements (id INTEGER PRIMARY KEY, session_id INTEGER, frame_id INTEGER,
        measurement_timestamp TEXT, value REAL, unit TEXT, temperature REAL, temperature_unit TEXT, payload_json TEXT);
      CREATE TABLE annotations (id INTEGER PRIMARY KEY, session_id INTEGER, created_at TEXT, author TEXT, text TEXT);
      CREATE TABLE audit_events (id INTEGER PRIMARY KEY, session_id INTEGER, timestamp TEXT, level TEXT, message TEXT, payload_json TEXT);
      INSERT INTO instruments VALUES (1, '00308/25', 'CX-505 USB', 'CX-505');
    `);
  }

  run(sql: string, ...values: unknown[]): void {
    this.#db.prepare(sql).run(...values);
  }

  session(
    id: number,
    startedAt: string,
    endedAt: string | null = null,
    note: string | null = null,
  ): void {
    this.run('INSERT INTO sessions VALUES (?, 1, ?, ?, ?)', id, startedAt, endedAt, note);
  }

  /** `stored`: what the predecessor made of it; null: it has no measurement. */
  frame(
    session: number,
    capturedAt: string,
    raw: Buffer,
    stored: { readonly value: number | null; readonly unit: string } | null,
  ): void {
    const id = ++this.#frames;
    const hex = raw.toString('hex');
    this.run(
      'INSERT INTO raw_frames VALUES (?, ?, ?, ?, ?)',
      id,
      session,
      capturedAt,
      hex,
      raw.length,
    );
    if (stored === null) return;
    this.run(
      'INSERT INTO measurements (session_id, frame_id, measurement_timestamp, value, unit) VALUES (?, ?, ?, ?, ?)',
      session,
      id,
      capturedAt,
      stored.value,
      stored.unit,
    );
  }

  close(): void {
    this.#db.close();
  }
}
