/** What the database holds of generated sessions, compared with what was acknowledged. */
import Database from 'better-sqlite3';
import { BenchError } from '../bench-error.js';

interface Stored {
  readonly session_uid: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

/** Throws BenchError `not_verified` when one measurement is missing, or one too many is there. */
export function checkStored(
  path: string,
  sessions: readonly { readonly session: string; readonly measurements: number }[],
): void {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const integrity = String(db.pragma('integrity_check', { simple: true }));
    if (integrity !== 'ok') throw new BenchError('not_verified', `The database: ${integrity}`);
    const rows = db
      .prepare<[], Stored>(
        `SELECT session_uid, count(*) AS count, min(seq) AS first, max(seq) AS last
         FROM measurement_log GROUP BY session_uid`,
      )
      .all();
    const stored = new Map(rows.map((row) => [row.session_uid, row]));
    for (const { session, measurements } of sessions) {
      const row = stored.get(session);
      // Numbers 1 to `measurements` are unique by the key: with the count they are all there.
      if (row?.count !== measurements || row.first !== 1 || row.last !== measurements) {
        throw new BenchError(
          'not_verified',
          `Of session ${session} ${measurements} measurements were acknowledged; the database has ${row?.count ?? 0}.`,
        );
      }
    }
  } finally {
    db.close();
  }
}
