/**
 * What the database holds, in the terms of the record lines, so that the two can be laid side by side
 * field by field. Read through the views where they show a field, from the tables where they do not.
 */
import Database from 'better-sqlite3';

/** A record as far as the store keeps it: its type and its fields. */
export type Fields = Readonly<Record<string, string | number | boolean | null>>;

export interface StoredSession {
  readonly session: string;
  readonly source: string | null;
  readonly startedAt: string;
  readonly endReason: string | null;
  readonly lastSeq: number;
  /** As the session's own row counts them. */
  readonly measurementCount: number;
  /** By number. */
  readonly records: ReadonlyMap<number, Fields>;
  /** What stands twice under one number, in words. */
  readonly clashes: readonly string[];
}

/** An event of the writer or of recovery, which has no number. */
export interface KeyedEvent {
  readonly key: string;
  readonly session: string | null;
  readonly level: string;
  readonly category: string;
  readonly message: string;
  readonly payload: string;
}

export interface Stored {
  /** In the order in which they began. */
  readonly sessions: readonly StoredSession[];
  readonly keyed: readonly KeyedEvent[];
  /** `ok`, or what SQLite finds wrong. */
  readonly integrity: string;
}

interface SessionRow {
  readonly id: number;
  readonly session_uid: string;
  readonly source: string | null;
  readonly profile: string | null;
  readonly model: string | null;
  readonly serial: string | null;
  readonly port: string | null;
  readonly emulated: number | null;
  readonly has_start: number;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly end_reason: string | null;
  readonly end_seq: number | null;
  readonly end_measurement_count: number | null;
  readonly measurement_count: number;
  readonly last_seq: number;
}

type Row = Readonly<Record<string, string | number | null>> & { readonly seq: number };

/** Throws what SQLite throws when the database cannot be opened. */
export function readStored(path: string): Stored {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 10_000 });
  try {
    return db.transaction(() => readAll(db))();
  } finally {
    db.close();
  }
}

function readAll(db: Database.Database): Stored {
  const sessions = db
    .prepare<[], SessionRow>(
      `SELECT s.id, l.session_uid, l.source, l.profile, l.model, l.serial, s.port, s.emulated,
         s.started_ms IS NOT NULL AS has_start, l.started_at, l.ended_at, l.end_reason, s.end_seq,
         s.end_measurement_count, l.measurement_count, l.last_seq
       FROM session_log l JOIN sessions s ON s.uid = l.session_uid
       ORDER BY l.started_at, l.session_uid`,
    )
    .all();
  const measurements = db.prepare<[id: number, uid: string], Row>(
    `SELECT v.seq, v.captured_at, v.elapsed_ms, hex(v.raw_frame) AS raw_frame_hex, v.value, v.unit,
       v.temperature, v.temperature_unit, v.device_time, m.record_number, m.status, m.range, m.mode
     FROM measurement_log v JOIN measurements m ON m.session_id = ? AND m.seq = v.seq
     WHERE v.session_uid = ?`,
  );
  const events = db.prepare<[id: number], Row>(
    `SELECT seq, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS at, level, category,
       message, payload FROM audit_events WHERE session_id = ?`,
  );
  const metadata = db.prepare<[id: number], Row>(
    'SELECT seq, key, value FROM session_metadata WHERE session_id = ? ORDER BY key',
  );
  return {
    sessions: sessions.map((row) =>
      collect(row, {
        measurement: measurements.all(row.id, row.session_uid),
        audit_event: events.all(row.id),
        metadata: metadata.all(row.id),
      }),
    ),
    keyed: db
      .prepare<[], KeyedEvent>(
        `SELECT key, session_uid AS session, level, category, message, payload FROM audit_events
         WHERE key IS NOT NULL ORDER BY id`,
      )
      .all(),
    integrity: String(db.pragma('integrity_check', { simple: true })),
  };
}

function collect(
  row: SessionRow,
  rows: { readonly measurement: Row[]; readonly audit_event: Row[]; readonly metadata: Row[] },
): StoredSession {
  const records = new Map<number, Fields>();
  const clashes: string[] = [];
  const add = (seq: number, fields: Fields): void => {
    if (records.has(seq)) clashes.push(`two records of number ${seq}`);
    records.set(seq, fields);
  };
  const described = describedBy(rows.metadata);
  if (row.has_start === 1) add(0, startFields(row, described.get(0) ?? '{}'));
  for (const [seq, metadata] of described) {
    if (seq !== 0) add(seq, { type: 'metadata_update', metadata });
  }
  for (const { seq, raw_frame_hex, ...fields } of rows.measurement) {
    const hex = String(raw_frame_hex).toLowerCase();
    add(seq, { type: 'measurement', ...fields, raw_frame_hex: hex });
  }
  for (const { seq, ...fields } of rows.audit_event) add(seq, { type: 'audit_event', ...fields });
  if (row.end_seq !== null) {
    const { ended_at, end_reason: reason, end_measurement_count: measurement_count } = row;
    add(row.end_seq, { type: 'session_end', ended_at, reason, measurement_count });
  }
  return {
    session: row.session_uid,
    source: row.source,
    startedAt: row.started_at,
    endReason: row.end_reason,
    lastSeq: row.last_seq,
    measurementCount: row.measurement_count,
    records,
    clashes,
  };
}

function startFields(row: SessionRow, metadata: string): Fields {
  const { started_at, source, profile, model, serial, port, emulated } = row;
  const type = 'session_start';
  return {
    type,
    started_at,
    source,
    profile,
    model,
    serial,
    port,
    emulated: emulated === 1,
    metadata,
  };
}

/** By number of the record that said so: what it said, as JSON with its keys in order. */
function describedBy(rows: readonly Row[]): Map<number, string> {
  const entries = new Map<number, [string, unknown][]>();
  for (const { seq, key, value } of rows) {
    entries.set(seq, [...(entries.get(seq) ?? []), [String(key), value]]);
  }
  return new Map([...entries].map(([seq, all]) => [seq, JSON.stringify(Object.fromEntries(all))]));
}
