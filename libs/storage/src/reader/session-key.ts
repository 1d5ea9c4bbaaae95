/** What has to be known of a session to read its readings where they lie. */
import type { Queries } from './queries.js';

export interface SessionKey {
  readonly id: number;
  readonly uid: string;
  /** How many readings it has. */
  readonly measurements: number;
  readonly last_seq: number;
  /** 1: no more is to come, but for what a recovery finds. */
  readonly over: 0 | 1;
}

const COLUMNS = `id, uid, measurement_count AS measurements, last_seq, end_reason IS NOT NULL AS over`;

export function findSession(queries: Queries, uid: string): SessionKey | undefined {
  return queries.all<SessionKey>(`SELECT ${COLUMNS} FROM sessions WHERE uid = ?`, uid)[0];
}

/** Those of a source with a last record at `from` or later, the oldest first. */
export function sessionsOfSource(queries: Queries, source: string, from: number): SessionKey[] {
  return queries.all<SessionKey>(
    `SELECT ${COLUMNS} FROM sessions WHERE source = ? AND last_ms >= ?
     ORDER BY coalesce(started_ms, first_ms), id`,
    source,
    from,
  );
}

/** The same as long as nothing was added to the session. */
export function stateOf({ uid, measurements, last_seq }: SessionKey): string {
  return `${uid} ${measurements} ${last_seq}`;
}
