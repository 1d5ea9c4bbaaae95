/** Which measurements one database holds and another does not, by session and range. */
import { DatabaseReader, isDamagedPlace, type SessionExtent } from './database-reader.js';
import { otherNumbers } from './salvaged-records.js';

/** Consecutive measurements of one session. */
export interface SessionRange {
  readonly session_uid: string;
  readonly from_seq: number;
  readonly to_seq: number;
  /** How many; of a range that cannot be read at most so many. */
  readonly measurements: number;
}

export interface MissingRange extends SessionRange {
  /** False: the database that should hold it cannot be read there. */
  readonly readable: boolean;
}

export interface Missing {
  readonly ranges: readonly MissingRange[];
  /** What could not be read: more may be missing than is listed. */
  readonly unreadable: readonly string[];
}

/** A database at one moment; what is added to it later is not missed. */
export interface Extents {
  readonly sessions: readonly SessionExtent[];
  readonly unreadable: readonly string[];
}

export function extentsOf(path: string): Extents {
  const sessions: SessionExtent[] = [];
  const unreadable: string[] = [];
  whenReadable('the list of sessions', unreadable, () => {
    DatabaseReader.using(path, (reader) => {
      for (const session of reader.sessions()) sessions.push(session);
    });
  });
  return { sessions, unreadable };
}

/**
 * What `path` held, as far as its `extents` go, and `other` does not hold. Both are only read; sessions
 * of any length need no memory but for the ranges.
 */
export function missingIn(other: string, path: string, extents: Extents): Missing {
  const ranges: MissingRange[] = [];
  const unreadable = [...extents.unreadable];
  whenReadable('the file', unreadable, () => {
    DatabaseReader.using(path, (whole) => {
      DatabaseReader.using(other, (part) => {
        for (const session of extents.sessions) ranges.push(...rangesOf(session, whole, part));
      });
    });
  });
  return { ranges, unreadable };
}

function rangesOf(
  session: SessionExtent,
  whole: DatabaseReader,
  part: DatabaseReader,
): readonly MissingRange[] {
  const there = part.find(session.session);
  if (there && hasAll(part, there, session.lastSeq)) return [];
  const ranges = new RangeGatherer(session.session);
  const present = there && part.numbers(there.id, -1);
  try {
    let next = present?.next();
    for (const { seq, readable } of numbersOf(whole, session)) {
      while (next?.done === false && next.value < seq) next = present?.next();
      if (next?.done === false && next.value === seq) ranges.end();
      else ranges.add(seq, readable);
    }
  } finally {
    present?.return(undefined);
  }
  ranges.end();
  return ranges.closed;
}

/**
 * Every number up to and with `last` is in use. How many measurements there are would not do: of two
 * databases each may have some that the other lacks.
 */
function hasAll(reader: DatabaseReader, session: SessionExtent, last: number): boolean {
  const others = [...otherNumbers(reader, session)].filter((seq) => seq <= last);
  return reader.countUpTo(session.id, last) + others.length > last;
}

/**
 * The numbers of a session's measurements, ascending. Where the file cannot be read it is entered
 * again further on, in growing steps, and every number up to there may have been a measurement.
 */
function* numbersOf(
  whole: DatabaseReader,
  { id, lastSeq }: SessionExtent,
): Generator<{ readonly seq: number; readonly readable: boolean }> {
  let known = 0;
  let after = 0;
  for (let step = 1; after < lastSeq; step *= 2, after += step) {
    try {
      for (const seq of whole.numbers(id, after)) {
        if (seq > lastSeq) break;
        yield* unreadableNumbers(known + 1, after);
        yield { seq, readable: true };
        known = after = seq;
        step = 1;
      }
      yield* unreadableNumbers(known + 1, after);
      return;
    } catch (error) {
      if (!isDamagedPlace(error)) throw error;
    }
  }
  yield* unreadableNumbers(known + 1, lastSeq);
}

function* unreadableNumbers(
  from: number,
  to: number,
): Generator<{ readonly seq: number; readonly readable: boolean }> {
  for (let seq = from; seq <= to; seq++) yield { seq, readable: false };
}

/** Gathers ascending numbers into ranges. */
export class RangeGatherer {
  readonly closed: MissingRange[] = [];
  readonly #session: string;
  #open: MissingRange | undefined;

  constructor(session: string) {
    this.#session = session;
  }

  /** Numbers in between that are no measurements do not part a range. */
  add(seq: number, readable = true): void {
    if (this.#open?.readable !== readable) this.end();
    const { from_seq, measurements } = this.#open ?? { from_seq: seq, measurements: 0 };
    const session_uid = this.#session;
    const count = measurements + 1;
    this.#open = { session_uid, from_seq, to_seq: seq, measurements: count, readable };
  }

  /** What follows is not joined to what was. */
  end(): void {
    if (this.#open !== undefined) this.closed.push(this.#open);
    this.#open = undefined;
  }
}

function whenReadable(what: string, unreadable: string[], read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!isDamagedPlace(error)) throw error;
    unreadable.push(`${what}: ${error.message}`);
  }
}
