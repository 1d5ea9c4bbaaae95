/**
 * Makes a session of millions of readings out of one of a thousand, within SQLite: its rows are repeated with their
 * own numbers and times. For what reads: the store would take minutes where a machine is busy.
 */
import Database from 'better-sqlite3';
import { newSessionId } from '@elmetron/protocol';
import { storeSession } from './store-session.js';

export interface LongSession {
  readonly source: string;
  /** UTC, milliseconds since 1970. */
  readonly startedAt: number;
  readonly intervalMs: number;
  /** A multiple of a thousand. */
  readonly measurements: number;
  /** One reading that differs from all others. */
  readonly spike: { readonly seq: number; readonly value: number };
}

const PATTERN = 1_000;

/** Resolves to the session's name. It has ended. */
export async function storeLongSession(path: string, of: LongSession): Promise<string> {
  const session = newSessionId();
  const { source, startedAt, intervalMs, measurements, spike } = of;
  await storeSession(path, { session, source, startedAt, intervalMs, measurements: PATTERN });
  const db = new Database(path);
  try {
    // Whoever needs it durable does not use this.
    db.pragma('synchronous = OFF');
    db.transaction(() => {
      const columns = db.pragma('table_info(measurements)') as { name: string }[];
      const shifted: Readonly<Record<string, string>> = {
        seq: 'm.seq + k.n * @pattern',
        captured_ms: 'm.captured_ms + k.n * @pattern * @intervalMs',
        elapsed_ms: 'm.elapsed_ms + k.n * @pattern * @intervalMs',
      };
      const names = columns.map(({ name }) => name);
      db.prepare(
        `WITH RECURSIVE k (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n + 1 < @times)
         INSERT INTO measurements (${names.join(', ')})
         SELECT ${names.map((name) => shifted[name] ?? `m.${name}`).join(', ')}
         FROM k CROSS JOIN measurements m
         WHERE m.session_id = (SELECT id FROM sessions WHERE uid = @session) AND m.seq <= @pattern`,
      ).run({ pattern: PATTERN, intervalMs, times: measurements / PATTERN, session });
      db.prepare(
        `UPDATE measurements SET value = @value
         WHERE seq = @seq AND session_id = (SELECT id FROM sessions WHERE uid = @session)`,
      ).run({ ...spike, session });
      db.prepare(
        `UPDATE sessions SET measurement_count = @measurements, last_seq = @measurements,
           row_count = @measurements + 1, last_ms = started_ms + @measurements * @intervalMs,
           end_reason = 'stopped', ended_ms = started_ms + @measurements * @intervalMs,
           end_seq = @measurements + 1, end_measurement_count = @measurements
         WHERE uid = @session`,
      ).run({ measurements, intervalMs, session });
    })();
    db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
  return session;
}
