/** Reads the database as its users do: through the two views, and SQLite's own integrity check. */
import Database from 'better-sqlite3';

export interface MeasurementRow {
  readonly session_uid: string;
  readonly seq: number;
  readonly captured_at: string;
  readonly elapsed_ms: number;
  readonly device_time: string | null;
  readonly model: string;
  readonly serial: string;
  readonly value: number | null;
  readonly unit: string;
  readonly temperature: number | null;
  readonly temperature_unit: string;
  readonly raw_frame: Buffer;
  readonly recovered: 0 | 1;
}

export interface SessionRow {
  readonly session_uid: string;
  readonly source: string | null;
  readonly model: string;
  readonly serial: string;
  readonly profile: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly end_reason: string | null;
  readonly measurement_count: number;
  readonly recovered_count: number;
  readonly last_seq: number;
}

export interface EventRow {
  readonly session_uid: string | null;
  readonly seq: number | null;
  readonly level: string;
  readonly category: string;
  readonly message: string;
  /** JSON. */
  readonly payload: string;
}

export interface DatabaseContent {
  readonly measurements: readonly MeasurementRow[];
  readonly sessions: readonly SessionRow[];
  readonly events: readonly EventRow[];
  /** `ok`, or what SQLite finds wrong. */
  readonly integrity: string;
}

/** Sessions and measurements in the order in which they were made. */
export function readDatabase(path: string): DatabaseContent {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    return {
      sessions: db.prepare<[], SessionRow>('SELECT * FROM session_log ORDER BY started_at').all(),
      measurements: db
        .prepare<[], MeasurementRow>(
          `SELECT m.* FROM measurement_log m JOIN session_log s USING (session_uid)
           ORDER BY s.started_at, m.session_uid, m.seq`,
        )
        .all(),
      events: db
        .prepare<[], EventRow>(
          `SELECT coalesce(s.uid, e.session_uid) AS session_uid, e.seq, e.level, e.category,
             e.message, e.payload
           FROM audit_events e LEFT JOIN sessions s ON s.id = e.session_id ORDER BY e.id`,
        )
        .all(),
      integrity: String(db.pragma('integrity_check', { simple: true })),
    };
  } finally {
    db.close();
  }
}
