/** Every statement by which the store is filled, prepared once for the life of its connection. */
import type { Database } from 'better-sqlite3';
import type {
  AnnotationColumns,
  Column,
  EndColumns,
  EventColumns,
  MeasurementColumns,
  MetadataColumns,
  StartColumns,
} from './row-mapping.js';
import type { SequenceRange } from './store.js';

export type Statements = ReturnType<typeof prepareStatements>;

/** What the store needs of a prepared statement. */
export interface Query<Parameters extends unknown[], Row = never> {
  run(...parameters: Parameters): unknown;
  get(...parameters: Parameters): Row | undefined;
  all(...parameters: Parameters): Row[];
}

/** Of a session, what a transaction has to know to add to it. */
export interface SessionRow {
  readonly id: number;
  readonly uid: string;
  readonly source: string | null;
  readonly instrument_id: number | null;
  readonly started_ms: number | null;
  readonly end_seq: number | null;
  readonly end_reason: string | null;
  readonly row_count: number;
  readonly measurement_count: number;
  readonly recovered_count: number;
  readonly first_ms: number | null;
  readonly last_seq: number;
  readonly last_ms: number | null;
}

export interface SessionCounters {
  readonly id: number;
  readonly instrument_id: number | null;
  readonly row_count: number;
  readonly measurement_count: number;
  readonly recovered_count: number;
  readonly first_ms: number | null;
  readonly last_seq: number;
  readonly last_ms: number | null;
}

/** A session that is over and lacks numbers. */
export interface IncompleteSession {
  readonly id: number;
  readonly uid: string;
  readonly row_count: number;
  readonly last_seq: number;
}

/** What a keyed event may say of numbers. */
export interface KeyedPayload {
  readonly category: string;
  /** JSON. */
  readonly payload: string;
}

interface HeldStart extends StartColumns {
  readonly model: string;
  readonly serial: string;
}

type Key = [sessionId: number, seq: number];

const SESSION_COLUMNS = `id, uid, source, instrument_id, started_ms, end_seq, end_reason,
  row_count, measurement_count, recovered_count, first_ms, last_seq, last_ms`;
/** Every number that session @id has in the store, from @from to @to; some twice. */
const NUMBERS = `
  SELECT seq FROM measurements WHERE session_id = @id AND seq BETWEEN @from AND @to
  UNION ALL
  SELECT seq FROM audit_events WHERE session_id = @id AND seq BETWEEN @from AND @to
  UNION ALL
  SELECT seq FROM session_metadata WHERE session_id = @id AND seq BETWEEN @from AND @to
  UNION ALL
  SELECT 0 FROM sessions WHERE id = @id AND started_ms IS NOT NULL AND @from <= 0
  UNION ALL
  SELECT end_seq FROM sessions WHERE id = @id AND end_seq BETWEEN @from AND @to`;
const MEASUREMENT_COLUMNS = `captured_ms, elapsed_ms, device_time, value, unit, temperature,
  temperature_unit, record_number, status, range, mode, raw_frame`;

export function prepareStatements(db: Database) {
  const query = <P extends unknown[], R = never>(sql: string): Query<P, R> =>
    db.prepare<unknown[], R>(sql);
  /** Of statements with one column: rows are its values. */
  const single = <P extends unknown[], R>(sql: string): Query<P, R> =>
    db.prepare<unknown[], R>(sql).pluck();
  return {
    instrument: {
      add: query<[model: string, serial: string]>(
        'INSERT INTO instruments (model, serial) VALUES (?, ?) ON CONFLICT DO NOTHING',
      ),
      id: single<[model: string, serial: string], number>(
        'SELECT id FROM instruments WHERE model = ? AND serial = ?',
      ),
    },
    session: {
      add: query<[uid: string], SessionRow>(
        `INSERT INTO sessions (uid) VALUES (?) RETURNING ${SESSION_COLUMNS}`,
      ),
      find: query<[uid: string], SessionRow>(
        `SELECT ${SESSION_COLUMNS} FROM sessions WHERE uid = ?`,
      ),
      start: query<[instrument: number | null, id: number], HeldStart>(
        `SELECT s.source, s.profile, s.port, s.emulated, s.started_ms, i.model, i.serial
         FROM sessions s JOIN instruments i ON i.id = ? WHERE s.id = ?`,
      ),
      setStart: query<[id: number, StartColumns]>(
        `UPDATE sessions SET source = @source, profile = @profile, port = @port,
           emulated = @emulated, started_ms = @started_ms WHERE id = ?`,
      ),
      end: query<[id: number], EndColumns>(
        'SELECT end_seq, end_reason, ended_ms, end_measurement_count FROM sessions WHERE id = ?',
      ),
      setEnd: query<[id: number, EndColumns]>(
        `UPDATE sessions SET end_seq = @end_seq, end_reason = @end_reason, ended_ms = @ended_ms,
           end_measurement_count = @end_measurement_count WHERE id = ?`,
      ),
      setCounters: query<[SessionCounters]>(
        `UPDATE sessions SET instrument_id = @instrument_id, row_count = @row_count,
           measurement_count = @measurement_count, recovered_count = @recovered_count,
           first_ms = @first_ms, last_seq = @last_seq, last_ms = @last_ms WHERE id = @id`,
      ),
      closeUnlisted: single<[source: string, listed: string], string>(
        `UPDATE sessions SET end_reason = 'crashed'
           WHERE source = ? AND end_reason IS NULL AND uid NOT IN (SELECT value FROM json_each(?))
           RETURNING uid`,
      ),
      reopenListed: query<[source: string, listed: string]>(
        `UPDATE sessions SET end_reason = NULL
         WHERE source = ? AND end_reason = 'crashed' AND uid IN (SELECT value FROM json_each(?))`,
      ),
    },
    holes: {
      incomplete: query<[source: string, listed: string], IncompleteSession>(
        `SELECT id, uid, row_count, last_seq FROM sessions
         WHERE source = ? AND end_reason IS NOT NULL AND row_count < last_seq + 1
           AND uid NOT IN (SELECT value FROM json_each(?))
         ORDER BY id`,
      ),
      /** Of this session, and those of lost databases, which name several. */
      events: query<[sessionUid: string], KeyedPayload>(
        `SELECT category, payload FROM audit_events WHERE session_uid = ?
         UNION ALL
         SELECT category, payload FROM audit_events
           WHERE key >= 'beyond_reach:' AND key < 'beyond_reach;'`,
      ),
      /** How many numbers there are in a range. */
      present: single<[SequenceRange & { readonly id: number }], number>(
        `SELECT count(DISTINCT seq) FROM (${NUMBERS})`,
      ),
      /** What there is not in a range, ascending. */
      absent: query<[SequenceRange & { readonly id: number }], SequenceRange>(
        `SELECT seq + 1 AS "from", next - 1 AS "to"
         FROM (
           SELECT seq, lead(seq) OVER (ORDER BY seq) AS next
           FROM (SELECT @from - 1 AS seq UNION ALL ${NUMBERS} UNION ALL SELECT @to + 1)
         )
         WHERE next > seq + 1`,
      ),
    },
    metadata: {
      add: query<[...Key, MetadataColumns]>(
        `INSERT INTO session_metadata (session_id, seq, key, value, at_ms)
         VALUES (?, ?, @key, @value, @at_ms) ON CONFLICT DO NOTHING`,
      ),
      get: query<Key, MetadataColumns>(
        'SELECT key, value, at_ms FROM session_metadata WHERE session_id = ? AND seq = ?',
      ),
    },
    measurement: {
      add: query<[...Key, recovered: number, imported: number, ...columns: Column[]]>(
        `INSERT INTO measurements (session_id, seq, recovered, imported, ${MEASUREMENT_COLUMNS})
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
      ),
      get: query<Key, MeasurementColumns>(
        `SELECT ${MEASUREMENT_COLUMNS} FROM measurements WHERE session_id = ? AND seq = ?`,
      ),
      /** How many imported ones have this time and frame. */
      imported: single<[sessionId: number, capturedMs: number, rawFrame: Uint8Array], number>(
        // Left to itself SQLite reads the whole session for each reading, and an import of weeks takes days.
        `SELECT count(*) FROM measurements INDEXED BY measurements_imported
           WHERE imported = 1 AND session_id = ? AND captured_ms = ? AND raw_frame = ?`,
      ),
    },
    annotation: {
      add: query<[AnnotationColumns]>(
        `INSERT INTO annotations (session_id, at_ms, author, text, uid, made_ms, key, value)
         SELECT id, @at_ms, @author, @text, @uid, @made_ms, @key, @value
         FROM sessions WHERE uid = @session
         ON CONFLICT DO NOTHING`,
      ),
      held: single<[uid: string], number>('SELECT 1 FROM annotations WHERE uid = ?'),
    },
    event: {
      add: query<[...Key, EventColumns]>(
        `INSERT INTO audit_events (session_id, seq, at_ms, level, category, message, payload)
         VALUES (?, ?, @at_ms, @level, @category, @message, @payload) ON CONFLICT DO NOTHING`,
      ),
      get: query<Key, EventColumns>(
        `SELECT at_ms, level, category, message, payload FROM audit_events
         WHERE session_id = ? AND seq = ?`,
      ),
      addKeyed: query<[key: string, sessionUid: string | null, EventColumns]>(
        `INSERT INTO audit_events (key, session_uid, at_ms, level, category, message, payload)
         VALUES (?, ?, @at_ms, @level, @category, @message, @payload) ON CONFLICT DO NOTHING`,
      ),
    },
  };
}
