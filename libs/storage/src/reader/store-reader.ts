/**
 * Reads what a database holds, for people and their programs: sessions, readings, events. Each call is a
 * statement of its own and no transaction stays open between two of them: a reader that holds one for
 * as long as an export takes would keep the writer from ever removing a buffer.
 */
import type { Database, Statement } from 'better-sqlite3';
import { migrations, schemaVersion } from '../store/migrations/index.js';
import { asReadError, openReadOnly } from './open-read-only.js';
import { sessionConditions, type SessionFilter } from './session-filter.js';
import type {
  LoggedAnnotation,
  LoggedEvent,
  LoggedReading,
  LoggedSession,
  UnitSummary,
} from './rows.js';

export interface ReadingRange {
  /** Numbers above this one; all if not said. */
  readonly after?: number;
  /** Numbers up to and with this one. */
  readonly upTo?: number;
  /** `captured_at` from this instant on, UTC, ISO 8601 with ms. */
  readonly since?: string;
  /** `captured_at` before this instant. */
  readonly until?: string;
}

/** So long is waited for another program that holds the database. */
const BUSY_TIMEOUT_MS = 5_000;
/** Rows that one statement hands out: some hundred kilobytes, and some milliseconds. */
const PAGE_ROWS = 2_000;

const READING_COLUMNS = `seq, captured_at, elapsed_ms, device_time, value, unit, temperature,
  temperature_unit, raw_frame, recovered`;

interface EventRow extends Omit<LoggedEvent, 'payload'> {
  /** JSON. */
  readonly payload: string;
}

const EVENT_COLUMNS = `seq, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS at, level,
  category, message, payload`;

export class StoreReader {
  readonly path: string;
  readonly #db: Database;
  readonly #prepared = new Map<string, Statement>();

  private constructor(path: string, db: Database) {
    this.path = path;
    this.#db = db;
  }

  /**
   * Throws StorageError `store_missing`, `store_foreign`, `store_too_new`, `store_unreadable`; as every
   * method that reads, also `store_damaged`, `store_locked`.
   */
  static open(path: string, busyTimeoutMs = BUSY_TIMEOUT_MS): StoreReader {
    return new StoreReader(path, openReadOnly(path, busyTimeoutMs));
  }

  /** Which version its tables are of, and the last one that this program knows: a writer brings them there. */
  get schema(): { readonly version: number; readonly newest: number } {
    return { version: schemaVersion(this.#db), newest: migrations.length };
  }

  /** The latest first. */
  sessions(filter: SessionFilter = {}): LoggedSession[] {
    const { where, parameters } = sessionConditions(filter);
    return this.#all<LoggedSession>(
      `SELECT * FROM session_log ${where} ORDER BY started_at DESC, session_uid DESC LIMIT ?`,
      ...parameters,
      filter.limit ?? -1,
    );
  }

  /** Those whose name begins with `prefix`, at most `limit`; one whose name is `prefix` is the only one. */
  sessionsBeginning(prefix: string, limit: number): LoggedSession[] {
    const exact = this.#all<LoggedSession>(
      'SELECT * FROM session_log WHERE session_uid = ?',
      prefix,
    );
    if (exact.length > 0) return exact;
    return this.#all<LoggedSession>(
      `SELECT * FROM session_log WHERE substr(session_uid, 1, length(?)) = ?
       ORDER BY session_uid LIMIT ?`,
      prefix,
      prefix,
      limit,
    );
  }

  /** The readings of a session in the order of their numbers, a page at a time. */
  *readings(session: string, range: ReadingRange = {}): Generator<readonly LoggedReading[]> {
    const { upTo = Number.MAX_SAFE_INTEGER, since = '', until = '~' } = range;
    for (let after = range.after ?? -1; ;) {
      const page = this.#all<LoggedReading>(
        `SELECT ${READING_COLUMNS} FROM measurement_log
         WHERE session_uid = ? AND seq > ? AND seq <= ? AND captured_at >= ? AND captured_at < ?
         ORDER BY seq LIMIT ?`,
        session,
        after,
        upTo,
        since,
        until,
        PAGE_ROWS,
      );
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE_ROWS) return;
      after = last.seq;
    }
  }

  /** How many readings `readings` would give. */
  countReadings(session: string, range: ReadingRange = {}): number {
    const { after = -1, upTo = Number.MAX_SAFE_INTEGER, since = '', until = '~' } = range;
    const [row] = this.#all<{ n: number }>(
      `SELECT count(*) AS n FROM measurement_log
       WHERE session_uid = ? AND seq > ? AND seq <= ? AND captured_at >= ? AND captured_at < ?`,
      session,
      after,
      upTo,
      since,
      until,
    );
    return row?.n ?? 0;
  }

  /** Reads all of the session. */
  units(session: string): UnitSummary[] {
    return this.#all<UnitSummary>(
      `SELECT unit, count(*) AS measurements, count(*) - count(value) AS without_value,
         min(value) AS least, max(value) AS greatest, avg(value) AS mean,
         min(captured_at) AS first_at, max(captured_at) AS last_at
       FROM measurement_log WHERE session_uid = ? GROUP BY unit ORDER BY measurements DESC, unit`,
      session,
    );
  }

  lastReading(session: string): LoggedReading | undefined {
    const [reading] = this.#all<LoggedReading>(
      `SELECT ${READING_COLUMNS} FROM measurement_log WHERE session_uid = ? ORDER BY seq DESC LIMIT 1`,
      session,
    );
    return reading;
  }

  /**
   * What is known of the session by its keys: what the source said, and what people said since. Of a key
   * that was said several times the last word holds.
   */
  metadata(session: string): Readonly<Record<string, string | number>> {
    const said = this.#all<{ key: string; value: string | number; at_ms: number }>(
      `SELECT m.key, m.value, m.at_ms FROM session_metadata m JOIN sessions s ON s.id = m.session_id
       WHERE s.uid = ? ORDER BY m.seq`,
      session,
    ).map(({ key, value, at_ms }) => ({ key, value, at: at_ms }));
    const since = this.annotations(session).flatMap(({ key, value, made_at }) =>
      key === null ? [] : [{ key, value, at: Date.parse(made_at) }],
    );
    const known = new Map<string, string | number>();
    // A stable order: at one instant the source's word comes first.
    for (const { key, value } of [...said, ...since].sort((a, b) => a.at - b.at)) {
      if (value === null) known.delete(key);
      else known.set(key, value);
    }
    return Object.fromEntries(known);
  }

  /** Notes and facts of people, in the order in which they were written. */
  annotations(session: string): LoggedAnnotation[] {
    // One of an older version has none.
    if (!this.#has('annotation_log')) return [];
    return this.#all<LoggedAnnotation>(
      `SELECT at, made_at, author, key, value, text FROM annotation_log
       WHERE session_uid = ? ORDER BY made_at, at`,
      session,
    );
  }

  /** Of acquisition, writer and recoveries, in the order of their times. */
  events(session: string): LoggedEvent[] {
    return this.#all<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM audit_events
       WHERE session_id = (SELECT id FROM sessions WHERE uid = ?) OR session_uid = ?
       ORDER BY at_ms, seq`,
      session,
      session,
    ).map(asEvent);
  }

  /** The last event of a category, of whatever session. */
  lastEvent(category: string): LoggedEvent | undefined {
    const [row] = this.#all<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM audit_events WHERE category = ? AND key IS NOT NULL
       ORDER BY at_ms DESC LIMIT 1`,
      category,
    );
    return row && asEvent(row);
  }

  #has(view: string): boolean {
    return this.#all('SELECT 1 FROM sqlite_schema WHERE name = ?', view).length > 0;
  }

  close(): void {
    this.#db.close();
  }

  #all<Row>(sql: string, ...parameters: unknown[]): Row[] {
    try {
      let statement = this.#prepared.get(sql);
      if (statement === undefined) {
        statement = this.#db.prepare(sql);
        this.#prepared.set(sql, statement);
      }
      return statement.all(...parameters) as Row[];
    } catch (error) {
      throw asReadError(error, this.path);
    }
  }
}

function asEvent({ payload, ...row }: EventRow): LoggedEvent {
  return { ...row, payload: JSON.parse(payload) as LoggedEvent['payload'] };
}
