/**
 * What a damaged database held that neither buffers nor archive had: listed by session and range, as
 * far as the damaged file can still be read. The list lies beside that file, so that a person knows
 * what to look for in it; a damaged file without its list has not been compared yet.
 */
import { basename, dirname, join } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import type { FileSystem } from '../../buffer/file-system.js';
import { writeDurably } from './owed-rebuild.js';

/** Consecutive measurements of one session that the rebuilt database does not have. */
export interface LostRange {
  readonly session_uid: string;
  readonly from_seq: number;
  readonly to_seq: number;
  readonly measurements: number;
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
      unreadable.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  whenReadable('the file', () => {
    using(aside, (damaged) => {
      using(databasePath, (rebuilt) => {
        const sessions: string[] = [];
        whenReadable('the list of sessions', () => {
          const all = damaged.prepare<[], string>('SELECT session_uid FROM session_log').pluck();
          for (const session of all.iterate()) sessions.push(session);
        });
        for (const session of sessions) {
          const ranges = new RangeGatherer(session);
          whenReadable(`session ${session}`, () => gather(damaged, rebuilt, session, ranges));
          lost.push(...ranges.close());
        }
      });
    });
  });
  return { set_aside: aside, lost, unreadable };
}

const SEQS = 'SELECT seq FROM measurement_log WHERE session_uid = ? ORDER BY seq';

/** Walks both databases side by side, so that a session of any length needs no memory. */
function gather(
  damaged: Database,
  rebuilt: Database,
  session: string,
  ranges: RangeGatherer,
): void {
  const there = rebuilt.prepare<[string], number>(SEQS).pluck().iterate(session);
  try {
    let present = there.next();
    for (const seq of damaged.prepare<[string], number>(SEQS).pluck().iterate(session)) {
      while (present.done !== true && present.value < seq) present = there.next();
      ranges.take(seq, present.done !== true && present.value === seq);
    }
  } finally {
    there.return?.();
  }
}

class RangeGatherer {
  readonly #session: string;
  readonly #closed: LostRange[] = [];
  #open: { from: number; to: number; count: number } | undefined;

  constructor(session: string) {
    this.#session = session;
  }

  /** Ascending. Numbers that are no measurements do not part a range. */
  take(seq: number, present: boolean): void {
    if (present) this.#end();
    else if (this.#open === undefined) this.#open = { from: seq, to: seq, count: 1 };
    else this.#open = { from: this.#open.from, to: seq, count: this.#open.count + 1 };
  }

  close(): readonly LostRange[] {
    this.#end();
    return this.#closed;
  }

  #end(): void {
    if (this.#open === undefined) return;
    const { from, to, count } = this.#open;
    this.#closed.push({
      session_uid: this.#session,
      from_seq: from,
      to_seq: to,
      measurements: count,
    });
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
