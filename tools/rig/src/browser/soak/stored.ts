/** What the database must hold when everything has ended in order: of every meter a session without a hole. */
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { Bench } from '../../bench.js';

interface Row {
  readonly session_uid: string;
  readonly end_reason: string | null;
  readonly measurement_count: number;
  readonly last_seq: number;
  readonly numbered: number;
}

const WITHIN_MS = 30_000;

/** Resolves to the readings of all meters. Throws when a session lacks a number, or is not ended. */
export async function expectAllStored(bench: Bench, meters: number): Promise<number> {
  const end = performance.now() + WITHIN_MS;
  let rows = read(bench);
  while (rows.some(({ end_reason: reason }) => reason === null) && performance.now() < end) {
    await delay(200);
    rows = read(bench);
  }
  if (rows.length !== meters) throw new Error(`${rows.length} sessions instead of ${meters}`);
  for (const row of rows) {
    // All numbers but those of session_start and session_end have a row of their own.
    if (row.end_reason !== 'stopped' || row.numbered !== row.last_seq - 1)
      throw new Error(`a session is not whole: ${JSON.stringify(row)}`);
  }
  return rows.reduce((sum, { measurement_count: count }) => sum + count, 0);
}

function read(bench: Bench): Row[] {
  const db = new Database(bench.path('data/demo/elmetron.sqlite'), { readonly: true });
  try {
    return db
      .prepare<[], Row>(
        `SELECT session_uid, end_reason, measurement_count, last_seq,
           (SELECT count(*) FROM measurement_log m WHERE m.session_uid = s.session_uid)
           + (SELECT count(*) FROM audit_events e JOIN sessions t ON t.id = e.session_id
              WHERE t.uid = s.session_uid) AS numbered
         FROM session_log s`,
      )
      .all();
  } finally {
    db.close();
  }
}
