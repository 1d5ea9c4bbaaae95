/**
 * What a damaged database held that neither buffers nor archive had: listed by session and range, as
 * far as the damaged file can still be read. The list lies beside that file, so that a person knows
 * what to look for in it; a damaged file without its list has not been compared yet.
 */
import { basename, dirname, join } from 'node:path';
import SqliteDatabase, { SqliteError, type Database } from 'better-sqlite3';
import type { FileSystem } from '../../buffer/file-system.js';
import { sentence } from '../failure.js';
import { writeDurably } from './owed-rebuild.js';

/** Consecutive measurements of one session that the rebuilt database does not have. */
export interface LostRange {
  readonly session_uid: string;
  readonly from_seq: number;
  readonly to_seq: number;
  /** How many; of a range that is not readable at most so many. */
  readonly measurements: number;
  /** False: the damaged file cannot be read there either. */
  readonly readable: boolean;
}

export interface BeyondReach {
  /** The damaged database, under the name it has now. */
  readonly set_aside: string;
  readonly lost: readonly LostRange[];
  /** What of the damaged file could not be read: there may be more lost than is listed. */
  readonly unreadable: readonly string[];
}

const LIST = '.lost.json';

/** Damaged databases that were set aside for this one and have no list yet. */
export async function uncompared(databasePath: string, fs: FileSystem): Promise<readonly string[]> {
  const directory = dirname(databasePath);
  const names = await fs.readDirectory(directory);
  const prefix = `${basename(databasePath)}.damaged-`;
  return names
    .filter(
      (name) =>
        name.startsWith(prefix) && /^\d{8}T\d{6}Z(?:-\d+)?$/.test(name.slice(prefix.length)),
    )
    .filter((name) => !names.includes(name + LIST))
    .map((name) => join(directory, name));
}

/** Compares, writes the list, and resolves to it. Both files are only read. */
export async function listBeyondReach(
  aside: string,
  databasePath: string,
  fs: FileSystem,
): Promise<BeyondReach> {
  const found = compare(aside, databasePath);
  await writeDurably(aside + LIST, `${JSON.stringify(found, null, 2)}\n`, fs);
  return found;
}

function compare(aside: string, databasePath: string): BeyondReach {
  const lost: LostRange[] = [];
  const unreadable: string[] = [];
  const whenReadable = (what: string, read: () => void): void => {
    try {
      read();
    } catch (error) {
      unreadable.push(`${what}: ${sentence(error)}`);
    }
  };
  whenReadable('the file', () => {
    using(aside, (damaged) => {
      using(databasePath, (rebuilt) => {
        const sessions: SessionCount[] = [];
        whenReadable('the list of sessions', () => {
          for (const session of damaged.prepare<[], SessionCount>(SESSIONS).iterate()) {
            sessions.push(session);
          }
        });
        for (const session of sessions) {
          // What is rebuilt is never more than what there was up to the last number that was known.
          if (countUpTo(rebuilt, session) >= session.measurement_count) continue;
          lost.push(...lostRanges(damaged, rebuilt, session));
        }
      });
    });
  });
  return { set_aside: aside, lost, unreadable };
}

interface SessionCount {
  readonly session_uid: string;
  readonly measurement_count: number;
  readonly last_seq: number;
}

const SESSIONS = 'SELECT session_uid, measurement_count, last_seq FROM session_log';
const COUNT = 'SELECT count(*) FROM measurement_log WHERE session_uid = ? AND seq <= ?';
const SEQS = 'SELECT seq FROM measurement_log WHERE session_uid = ? AND seq > ? ORDER BY seq';

function countUpTo(db: Database, { session_uid, last_seq }: SessionCount): number {
  return db.prepare<[string, number], number>(COUNT).pluck().get(session_uid, last_seq) ?? 0;
}

/** Walks both databases side by side, so that a session of any length needs no memory. */
function lostRanges(
  damaged: Database,
  rebuilt: Database,
  session: SessionCount,
): readonly LostRange[] {
  const ranges = new RangeGatherer(session.session_uid);
  const there = rebuilt.prepare<[string, number], number>(SEQS).pluck();
  const present = there.iterate(session.session_uid, -1);
  try {
    let next = present.next();
    for (const { seq, readable } of numbersOf(damaged, session)) {
      while (next.done !== true && next.value < seq) next = present.next();
      if (next.done !== true && next.value === seq) ranges.end();
      else ranges.lose(seq, readable);
    }
  } finally {
    present.return?.();
  }
  ranges.end();
  return ranges.closed;
}

/**
 * The numbers of a session's measurements, ascending. Where the file cannot be read it is entered
 * again further on, in growing steps, and every number up to there may have been a measurement.
 */
function* numbersOf(
  damaged: Database,
  { session_uid, last_seq }: SessionCount,
): Generator<{ readonly seq: number; readonly readable: boolean }> {
  const seqs = damaged.prepare<[string, number], number>(SEQS).pluck();
  let known = 0;
  let after = 0;
  for (let step = 1; after < last_seq; step *= 2, after += step) {
    try {
      for (const seq of seqs.iterate(session_uid, after)) {
        yield* unreadable(known + 1, after);
        yield { seq, readable: true };
        known = after = seq;
        step = 1;
      }
      yield* unreadable(known + 1, after);
      return;
    } catch (error) {
      if (!(error instanceof SqliteError)) throw error;
    }
  }
  yield* unreadable(known + 1, last_seq);
}

function* unreadable(
  from: number,
  to: number,
): Generator<{ readonly seq: number; readonly readable: boolean }> {
  for (let seq = from; seq <= to; seq++) yield { seq, readable: false };
}

class RangeGatherer {
  readonly closed: LostRange[] = [];
  readonly #session: string;
  #open: LostRange | undefined;

  constructor(session: string) {
    this.#session = session;
  }

  /** Ascending. Numbers in between that are no measurements do not part a range. */
  lose(seq: number, readable: boolean): void {
    if (this.#open?.readable !== readable) this.end();
    const { from_seq, measurements } = this.#open ?? { from_seq: seq, measurements: 0 };
    const session_uid = this.#session;
    const count = measurements + 1;
    this.#open = { session_uid, from_seq, to_seq: seq, measurements: count, readable };
  }

  end(): void {
    if (this.#open !== undefined) this.closed.push(this.#open);
    this.#open = undefined;
  }
}

function using(path: string, work: (db: Database) => void): void {
  const db = new SqliteDatabase(path, { readonly: true, fileMustExist: true });
  try {
    work(db);
  } finally {
    db.close();
  }
}
