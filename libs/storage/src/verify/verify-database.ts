/** One database by itself: is the file whole, is each reading what its raw frame says, do the figures of each session agree with its rows. */
import { setImmediate as breathe } from 'node:timers/promises';
import { StorageError } from '../errors.js';
import {
  checkDatabase,
  DatabaseReader,
  RangeGatherer,
  salvagedMeasurements,
  type ComparingStore,
  type SessionExtent,
  type SessionRange,
} from '../store/index.js';

export interface DatabaseToVerify {
  readonly path: string;
  readonly open: () => ComparingStore;
  readonly quick: boolean;
  readonly signal: AbortSignal | undefined;
}

export interface FoundInDatabase {
  readonly state: 'sound' | 'missing' | 'damaged' | 'unknown';
  readonly sessions: number;
  readonly measurements: number;
  readonly contradictory: readonly SessionRange[];
  readonly problems: readonly string[];
}

const NOTHING = { sessions: 0, measurements: 0, contradictory: [] };

/** Throws StorageError `store_foreign`, `store_too_new`, `store_locked`. */
export async function verifyDatabase(database: DatabaseToVerify): Promise<FoundInDatabase> {
  const { path, open, quick, signal } = database;
  const found = await checkDatabase(path, { wholeBytes: quick ? 0 : Infinity });
  if (found.state === 'missing') return { ...NOTHING, state: 'missing', problems: [] };
  if (found.state === 'damaged') {
    const problems = [
      `The database ${path} is damaged (${found.finding}). Stop the writer and run the recovery: it is set aside and made anew.`,
    ];
    return { ...NOTHING, state: 'damaged', problems };
  }
  try {
    const store = open();
    const problems: string[] = [];
    const contradictory = quick ? [] : await contradictoryIn(path, signal);
    for (const { session_uid, from_seq, to_seq, measurements } of contradictory) {
      problems.push(
        `Session ${session_uid}: ${measurements} readings from ${from_seq} to ${to_seq} are not what their raw frames say.`,
      );
    }
    for (const miscount of store.miscounted()) {
      if (signal?.aborted === true) break;
      if (miscount === undefined) continue;
      const { session, what, said, found: rows } = miscount;
      problems.push(`Session ${session}: ${said} ${what}, but ${rows} are there.`);
    }
    return { state: 'sound', ...store.totals(), contradictory, problems };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    if (error.code !== 'store_damaged' && error.code !== 'store_unreadable') throw error;
    const state = error.code === 'store_damaged' ? 'damaged' : 'unknown';
    return { ...NOTHING, state, problems: [error.message] };
  }
}

/** So many numbers are read in one look: some milliseconds. */
const PIECE = 2_000;

async function contradictoryIn(
  path: string,
  signal: AbortSignal | undefined,
): Promise<readonly SessionRange[]> {
  const found: SessionRange[] = [];
  const reader = DatabaseReader.open(path);
  try {
    // As a list: no look stays open while the readings are looked at.
    const extents: readonly SessionExtent[] = [...reader.sessions()];
    for (const extent of extents) {
      const bad = new RangeGatherer(extent.session);
      for (let from = 0; from <= extent.lastSeq; from += PIECE) {
        if (signal?.aborted === true) return found;
        const to = Math.min(extent.lastSeq, from + PIECE - 1);
        for (const { seq, line } of salvagedMeasurements(reader, extent, from, to)) {
          if (line === undefined) bad.add(seq);
          else bad.end();
        }
        await breathe();
      }
      bad.end();
      found.push(...bad.closed);
    }
    return found;
  } finally {
    reader.close();
  }
}
