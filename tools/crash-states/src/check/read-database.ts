/** Everything a database holds, as records that can be compared with those that were sent. */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';

export type Row = Readonly<Record<string, unknown>>;

export interface StoredRecord {
  readonly session: string;
  readonly seq: number;
  readonly type:
    'session_start' | 'measurement' | 'audit_event' | 'metadata_update' | 'session_end';
  /** Its fields, in the shape in which `expectedFields` gives them. */
  readonly fields: Row;
}

export interface StoredSession {
  readonly session: string;
  readonly rows: number;
  readonly measurements: number;
  readonly lastSeq: number;
}

export interface StoredEvent {
  readonly key: string;
  readonly category: string;
  readonly message: string;
  readonly payload: Row;
}

export interface DatabaseContent {
  readonly integrity: string;
  readonly records: readonly StoredRecord[];
  /** What each session says of itself. */
  readonly sessions: readonly StoredSession[];
  /** Those of the writer and of recovery. */
  readonly events: readonly StoredEvent[];
}

/** Undefined when there is no such database. */
export function readDatabase(path: string): DatabaseContent | undefined {
  if (!existsSync(path)) return undefined;
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    const all = (sql: string): Row[] => db.prepare<[], Row>(sql).all();
    const tables = db
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all();
    const integrity = String(db.pragma('integrity_check', { simple: true }));
    if (!tables.includes('sessions')) return { integrity, records: [], sessions: [], events: [] };
    return {
      integrity,
      records: [
        ...all(STARTS).map((row) => start(row, all(METADATA_OF_START))),
        ...all(MEASUREMENTS).map(measurement),
        ...all(EVENTS).map(event),
        ...updates(all(METADATA_UPDATES)),
        ...all(ENDS).map(end),
      ],
      sessions: all(SESSIONS).map((row) => ({
        session: String(row['uid']),
        rows: Number(row['row_count']),
        measurements: Number(row['measurement_count']),
        lastSeq: Number(row['last_seq']),
      })),
      events: all(KEYED).map((row) => ({
        key: String(row['key']),
        category: String(row['category']),
        message: String(row['message']),
        payload: JSON.parse(String(row['payload'])) as Row,
      })),
    };
  } finally {
    db.close();
  }
}

const STARTS = `SELECT s.uid, s.source, s.profile, s.port, s.emulated, s.started_ms, i.model, i.serial
  FROM sessions s LEFT JOIN instruments i ON i.id = s.instrument_id WHERE s.started_ms IS NOT NULL`;
const METADATA_OF_START = `SELECT s.uid, d.key, d.value FROM session_metadata d
  JOIN sessions s ON s.id = d.session_id WHERE d.seq = 0 ORDER BY d.key`;
const METADATA_UPDATES = `SELECT s.uid, d.seq, d.key, d.value, d.at_ms FROM session_metadata d
  JOIN sessions s ON s.id = d.session_id WHERE d.seq > 0 ORDER BY s.uid, d.seq, d.key`;
const MEASUREMENTS = `SELECT l.session_uid AS uid, l.seq, l.captured_at, l.elapsed_ms, l.device_time,
    l.value, l.unit, l.temperature, l.temperature_unit, l.raw_frame,
    m.record_number, m.status, m.range, m.mode
  FROM measurement_log l JOIN sessions s ON s.uid = l.session_uid
  JOIN measurements m ON m.session_id = s.id AND m.seq = l.seq`;
const EVENTS = `SELECT s.uid, e.seq, e.at_ms, e.level, e.category, e.message, e.payload
  FROM audit_events e JOIN sessions s ON s.id = e.session_id WHERE e.seq IS NOT NULL`;
const ENDS = `SELECT uid, end_seq, end_reason, ended_ms, end_measurement_count
  FROM sessions WHERE end_seq IS NOT NULL`;
const SESSIONS = 'SELECT uid, row_count, measurement_count, last_seq FROM sessions';
const KEYED =
  'SELECT key, category, message, payload FROM audit_events WHERE key IS NOT NULL ORDER BY key';

const iso = (ms: unknown): string => new Date(Number(ms)).toISOString();
const place = (row: Row, seq: unknown) => ({ session: String(row['uid']), seq: Number(seq) });

function start(row: Row, metadata: readonly Row[]): StoredRecord {
  const own = metadata.filter(({ uid }) => uid === row['uid']);
  const fields = {
    started_at: iso(row['started_ms']),
    source: row['source'],
    profile: row['profile'],
    device: { model: row['model'], serial: row['serial'], port: row['port'] },
    emulated: row['emulated'] === 1,
    metadata: Object.fromEntries(own.map(({ key, value }) => [String(key), value])),
  };
  return { ...place(row, 0), type: 'session_start', fields };
}

function measurement(row: Row): StoredRecord {
  const { captured_at, elapsed_ms, raw_frame } = row;
  const decoded = Object.fromEntries(DECODED.map((name) => [name, row[name]]));
  const fields = {
    captured_at,
    elapsed_ms,
    raw_frame_hex: (raw_frame as Buffer).toString('hex'),
    decoded,
  };
  return { ...place(row, row['seq']), type: 'measurement', fields };
}

const DECODED =
  'value unit temperature temperature_unit device_time record_number status range mode'.split(' ');

function event(row: Row): StoredRecord {
  const { level, category, message, payload } = row;
  const fields = {
    at: iso(row['at_ms']),
    level,
    category,
    message,
    payload: JSON.parse(String(payload)) as Row,
  };
  return { ...place(row, row['seq']), type: 'audit_event', fields };
}

function updates(rows: readonly Row[]): StoredRecord[] {
  const found = new Map<string, { row: Row; metadata: Record<string, unknown> }>();
  for (const row of rows) {
    const id = `${String(row['uid'])}:${String(row['seq'])}`;
    const update = found.get(id) ?? { row, metadata: {} };
    update.metadata[String(row['key'])] = row['value'];
    found.set(id, update);
  }
  return [...found.values()].map(({ row, metadata }) => ({
    ...place(row, row['seq']),
    type: 'metadata_update',
    fields: { at: iso(row['at_ms']), metadata },
  }));
}

function end(row: Row): StoredRecord {
  const fields = {
    ended_at: iso(row['ended_ms']),
    reason: row['end_reason'],
    measurement_count: row['end_measurement_count'],
  };
  return { ...place(row, row['end_seq']), type: 'session_end', fields };
}
