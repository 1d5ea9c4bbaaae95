/**
 * Reads what a database holds, for people and their programs: sessions, readings, events. Each call is a
 * statement of its own and no transaction stays open between two of them: a reader that holds one for
 * as long as an export takes would keep the writer from ever removing a buffer.
 */
import type { Database } from 'better-sqlite3';
import { migrations, schemaVersion } from '../store/migrations/index.js';
import type { Curve, CurveRequest, RecentCurve, TimeExtent } from './curve/curve.js';
import { ReadingScan } from './curve/reading-scan.js';
import { SessionCurves } from './curve/session-curves.js';
import { LatestUsed } from './latest-used.js';
import { openReadOnly } from './open-read-only.js';
import { Queries } from './queries.js';
import {
  countInRange,
  PAGE_READINGS,
  pageOfReadings,
  READING_COLUMNS,
  type ReadingRange,
} from './reading-pages.js';
import type {
  LoggedAnnotation,
  LoggedEvent,
  LoggedReading,
  LoggedSession,
  UnitSummary,
} from './rows.js';
import { holds, HOLDS, sessionConditions, type SessionFilter } from './session-filter.js';
import { findSession, stateOf } from './session-key.js';
import { readStatistics, type SessionStatistics } from './session-statistics.js';

/** So long is waited for another program that holds the database. */
const BUSY_TIMEOUT_MS = 5_000;
interface EventRow extends Omit<LoggedEvent, 'payload'> {
  /** JSON. */
  readonly payload: string;
}

const EVENT_COLUMNS = `seq, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS at, level,
  category, message, payload`;

/** Statistics of so many sessions are remembered. */
const KEPT_STATISTICS = 32;

export class StoreReader {
  readonly path: string;
  readonly #db: Database;
  readonly #queries: Queries;
  readonly #scan: ReadingScan;
  readonly #curves: SessionCurves;
  readonly #statistics = new LatestUsed<SessionStatistics>(KEPT_STATISTICS);

  private constructor(path: string, db: Database, isStopped: () => boolean) {
    this.path = path;
    this.#db = db;
    db.function(HOLDS, { deterministic: true }, holds);
    this.#queries = new Queries(path, db);
    this.#scan = new ReadingScan(this.#queries, db, isStopped);
    this.#curves = new SessionCurves(this.#queries, this.#scan);
  }

  /**
   * Throws StorageError `store_missing`, `store_foreign`, `store_too_new`, `store_unreadable`; as every
   * method that reads, also `store_damaged`, `store_locked`. `isStopped` is asked now and then while all
   * readings of a session are gone through, which throws `store_stopped` then.
   */
  static open(
    path: string,
    busyTimeoutMs = BUSY_TIMEOUT_MS,
    isStopped: () => boolean = () => false,
  ): StoreReader {
    return new StoreReader(path, openReadOnly(path, busyTimeoutMs), isStopped);
  }

  /** Which version its tables are of, and the last one that this program knows: a writer brings them there. */
  get schema(): { readonly version: number; readonly newest: number } {
    return { version: schemaVersion(this.#db), newest: migrations.length };
  }

  /** The latest first; those that never said when they began come last. */
  sessions(filter: SessionFilter = {}): LoggedSession[] {
    const { where, parameters } = sessionConditions(filter, this.#has('annotation_log'));
    return this.#queries.all<LoggedSession>(
      `SELECT * FROM session_log ${where} ORDER BY started_at DESC, session_uid DESC LIMIT ?`,
      ...parameters,
      filter.limit ?? -1,
    );
  }

  session(uid: string): LoggedSession | undefined {
    const [session] = this.#queries.all<LoggedSession>(
      'SELECT * FROM session_log WHERE session_uid = ?',
      uid,
    );
    return session;
  }

  /** Those whose name begins with `prefix`, at most `limit`; one whose name is `prefix` is the only one. */
  sessionsBeginning(prefix: string, limit: number): LoggedSession[] {
    const exact = this.session(prefix);
    if (exact !== undefined) return [exact];
    return this.#queries.all<LoggedSession>(
      `SELECT * FROM session_log WHERE substr(session_uid, 1, length(?)) = ?
       ORDER BY session_uid LIMIT ?`,
      prefix,
      prefix,
      limit,
    );
  }

  /**
   * Between which times its readings lie; undefined without any. The first time it reads all of the session,
   * for a clock may have been set: a quarter of a second for two million readings.
   */
  extent(session: string): TimeExtent | undefined {
    return this.#curves.extent(session);
  }

  /**
   * What it measured, over time: every reading, or the lowest and the highest of each stretch of time. A line
   * is to be broken (a point without a value) where readings of that unit are missing for longer than three
   * times their usual distance, the median, and for 2.5 s at least; and where one had no value.
   * The first one of a session reads all of it; after that only what lies around the time that is asked for.
   */
  curve(session: string, request: CurveRequest): Curve {
    return this.#curves.curve(session, request);
  }

  /**
   * The same of all sessions of a source, from an instant (ms since 1970) up to now. Readings are looked for from
   * the last one back to where an hour's worth of them (at 1 Hz) lies before it.
   */
  recent(source: string, from: number, points: number): RecentCurve {
    return this.#curves.recent(source, from, points);
  }

  /** The readings of a session in the order of their numbers, a page at a time. */
  *readings(session: string, range: ReadingRange = {}): Generator<readonly LoggedReading[]> {
    for (let { after } = range; ;) {
      const page = this.page(session, after === undefined ? range : { ...range, after });
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE_READINGS) return;
      after = last.seq;
    }
  }

  /** The first of them, at most `PAGE_READINGS`. */
  page(session: string, range: ReadingRange = {}): LoggedReading[] {
    return pageOfReadings(this.#queries, session, range);
  }

  /** How many readings `readings` would give. */
  countReadings(session: string, range: ReadingRange = {}): number {
    return countInRange(this.#queries, session, range);
  }

  /** Reads all of the session, unless nothing was added to it since. */
  statistics(session: string): SessionStatistics {
    return this.#queries.atOnce(() => {
      const found = findSession(this.#queries, session);
      if (found === undefined) return { units: [], recovered: [] };
      const key = stateOf(found);
      const statistics = this.#statistics.get(key) ?? readStatistics(this.#scan, found.id);
      this.#statistics.set(key, statistics);
      return statistics;
    });
  }

  /** As `statistics`, without what a plain list has no room for. */
  units(session: string): UnitSummary[] {
    return this.statistics(session).units.map(
      ({ unit, measurements, without_value, least, greatest, mean, first_at, last_at }) => {
        return { unit, measurements, without_value, least, greatest, mean, first_at, last_at };
      },
    );
  }

  lastReading(session: string): LoggedReading | undefined {
    const [reading] = this.#queries.all<LoggedReading>(
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
    const said = this.#queries
      .all<{ key: string; value: string | number; at_ms: number }>(
        `SELECT m.key, m.value, m.at_ms FROM session_metadata m JOIN sessions s ON s.id = m.session_id
       WHERE s.uid = ? ORDER BY m.seq`,
        session,
      )
      .map(({ key, value, at_ms }) => ({ key, value, at: at_ms }));
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
    return this.#queries.all<LoggedAnnotation>(
      `SELECT at, made_at, author, key, value, text FROM annotation_log
       WHERE session_uid = ? ORDER BY made_at, at`,
      session,
    );
  }

  /** Of acquisition, writer and recoveries, in the order of their times; at most the last `limit`. */
  events(session: string, limit = -1): LoggedEvent[] {
    return this.#queries
      .all<EventRow>(
        `SELECT ${EVENT_COLUMNS} FROM audit_events WHERE id IN (
           SELECT id FROM audit_events
             WHERE seq IS NOT NULL AND session_id = (SELECT id FROM sessions WHERE uid = ?)
           UNION ALL
           SELECT id FROM audit_events WHERE session_uid = ?)
         ORDER BY at_ms DESC, seq DESC, id DESC LIMIT ?`,
        session,
        session,
        limit,
      )
      .reverse()
      .map(asEvent);
  }

  /** The last event of a category, of whatever session. */
  lastEvent(category: string): LoggedEvent | undefined {
    return this.lastEvents(category, 1)[0];
  }

  /** Of the writer and of recoveries, of whatever session, the latest first. */
  lastEvents(category: string, limit: number): LoggedEvent[] {
    return this.#queries
      .all<EventRow>(
        `SELECT ${EVENT_COLUMNS} FROM audit_events WHERE category = ? AND key IS NOT NULL
         ORDER BY at_ms DESC, id DESC LIMIT ?`,
        category,
        limit,
      )
      .map(asEvent);
  }

  close(): void {
    this.#db.close();
  }

  #has(view: string): boolean {
    return this.#queries.all('SELECT 1 FROM sqlite_schema WHERE name = ?', view).length > 0;
  }
}

function asEvent({ payload, ...row }: EventRow): LoggedEvent {
  return { ...row, payload: JSON.parse(payload) as LoggedEvent['payload'] };
}
