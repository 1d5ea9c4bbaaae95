/**
 * A store that takes nothing: what is committed to it is compared with what the database holds. So whatever
 * replays buffers and archives into a store also tells whether all of them are in it. Each call is a short look of
 * its own; no transaction stays open that would keep a writer from its checkpoints.
 */
import type { Database } from 'better-sqlite3';
import type { Annotation } from '../../annotations/annotation.js';
import { StorageError } from '../../errors.js';
import { asReadError, openReadOnly } from '../../reader/open-read-only.js';
import { migrations, schemaVersion } from '../migrations/index.js';
import { readBatch, readRecordLine } from '../record-lines.js';
import { RecordTables } from '../record-tables.js';
import { SessionInTransaction } from '../session-in-transaction.js';
import { prepareStatements, type IncompleteSession, type Statements } from '../statements.js';
import type {
  CommitBatch,
  CommitResult,
  Conflict,
  LegacyBatch,
  SequenceRange,
  SessionHoles,
  Store,
} from '../store.js';
import { holesOf } from '../unexplained-holes.js';

/** What was compared so far, of records of all types. */
export interface Compared {
  readonly absent: number;
  readonly conflicts: number;
  /** Held with other content, which an event has told: the refused one lies in quarantine. */
  readonly knownConflicts: number;
}

/** A session whose own figures are not what its rows come to. */
export interface Miscounted {
  readonly session: string;
  readonly what: string;
  readonly said: number;
  readonly found: number;
}

interface CountedSession extends IncompleteSession {
  readonly measurement_count: number;
  readonly end_measurement_count: number | null;
}

export class ComparingStore implements Store {
  readonly #path: string;
  /** Undefined: there is no database, and so nothing in it. */
  readonly #db: Database | undefined;
  readonly #statements: Statements | undefined;
  readonly #absent = new Map<string, SequenceRange[]>();
  #compared: Compared = { absent: 0, conflicts: 0, knownConflicts: 0 };

  private constructor(path: string, db: Database | undefined) {
    this.#path = path;
    this.#db = db;
    this.#statements = db && prepareStatements(db);
  }

  /** Throws StorageError as `StoreReader.open` does, but for a database that is not there. */
  static open(path: string, busyTimeoutMs: number): ComparingStore {
    let db: Database;
    try {
      db = openReadOnly(path, busyTimeoutMs);
    } catch (error) {
      if (error instanceof StorageError && error.code === 'store_missing') {
        return new ComparingStore(path, undefined);
      }
      throw error;
    }
    try {
      if (schemaVersion(db) < migrations.length) throw tooOld(path);
      return new ComparingStore(path, db);
    } catch (error) {
      db.close();
      throw asReadError(error, path);
    }
  }

  get compared(): Compared {
    return this.#compared;
  }

  /** The numbers of a session that were compared and are not in the database. */
  absentOf(session: string): readonly SequenceRange[] {
    return this.#absent.get(session) ?? [];
  }

  async commit(batch: CommitBatch): Promise<CommitResult> {
    const records = readBatch(batch);
    const conflicts: Conflict[] = [];
    let [inserted, insertedMeasurements, insertedAuditEvents] = [0, 0, 0];
    this.#look((statements) => {
      const sessions = new Map<string, SessionInTransaction | undefined>();
      for (const { line, record } of records) {
        const { session: uid, seq, type } = record;
        if (!sessions.has(uid)) sessions.set(uid, sessionIn(statements, uid));
        const session = sessions.get(uid);
        const held =
          statements === undefined || session === undefined
            ? 'nothing'
            : new RecordTables(statements).held(session, record);
        if (held === 'nothing') {
          inserted++;
          if (type === 'measurement') insertedMeasurements++;
          if (type === 'audit_event') insertedAuditEvents++;
          this.#miss(uid, seq);
        } else if (held === 'other' && !this.#told(uid, seq)) {
          conflicts.push({ session: uid, seq, line: new Uint8Array(line) });
        }
      }
    });
    this.#count(inserted, conflicts.length);
    const replayed = records.length - inserted - conflicts.length;
    return { inserted, insertedMeasurements, insertedAuditEvents, replayed, conflicts };
  }

  async importLegacy({ session: uid, lines, occurrence }: LegacyBatch): Promise<CommitResult> {
    const records = lines.map((line) => readRecordLine(line).record);
    let inserted = 0;
    this.#look((statements) => {
      const session = sessionIn(statements, uid);
      for (const [i, record] of records.entries()) {
        if (record.type !== 'measurement') continue;
        const held =
          statements === undefined || session === undefined
            ? 0
            : new RecordTables(statements).importedBefore(session, record);
        if (held < (occurrence[i] ?? 1)) inserted++;
      }
    });
    this.#count(inserted, 0);
    const replayed = records.length - inserted;
    return {
      inserted,
      insertedMeasurements: inserted,
      insertedAuditEvents: 0,
      replayed,
      conflicts: [],
    };
  }

  /** Numbers that no event explains, of all sessions, the open ones too. */
  holes(): readonly SessionHoles[] {
    return this.#look((statements) => {
      if (statements === undefined) return [];
      return this.#sessions('WHERE row_count < last_seq + 1').flatMap((session) => {
        const missing = holesOf(session, statements);
        return missing.length === 0 ? [] : [{ session: session.uid, missing }];
      });
    });
  }

  /** Sessions and readings that the database says it has. */
  totals(): { readonly sessions: number; readonly measurements: number } {
    const sessions = this.#look(() => this.#sessions());
    const measurements = sessions.reduce((sum, { measurement_count: n }) => sum + n, 0);
    return { sessions: sessions.length, measurements };
  }

  /** Counts the rows of every session anew, one look each. */
  *miscounted(): Generator<Miscounted | undefined> {
    const names = this.#look(() => this.#sessions().map(({ uid }) => uid));
    for (const uid of names) {
      yield* this.#look((statements) => {
        const [session] = this.#sessions('WHERE uid = ?', uid);
        return statements === undefined || session === undefined
          ? []
          : [undefined, ...miscountsOf(session, statements, this.#measurements(session.id))];
      });
    }
  }

  async annotate(annotations: readonly Annotation[]): Promise<number> {
    return this.#look(
      (statements) =>
        annotations.filter(({ uid }) => statements?.annotation.held.get(uid) !== undefined).length,
    );
  }

  recordEvent(): Promise<void> {
    return Promise.resolve();
  }

  reconcileSessions(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  sessionState(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  unexplainedHoles(): Promise<readonly SessionHoles[]> {
    return Promise.resolve(this.holes());
  }

  checkpoint(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): Promise<void> {
    this.#db?.close();
    return Promise.resolve();
  }

  #look<T>(work: (statements: Statements | undefined) => T): T {
    if (this.#db === undefined) return work(undefined);
    try {
      // One transaction: figures and rows must be of one moment.
      return this.#db.transaction(() => work(this.#statements)).deferred();
    } catch (error) {
      throw asReadError(error, this.#path);
    }
  }

  #sessions(where = '', ...parameters: string[]): CountedSession[] {
    const sql = `SELECT id, uid, row_count, last_seq, measurement_count, end_measurement_count
      FROM sessions ${where} ORDER BY id`;
    return this.#db?.prepare<unknown[], CountedSession>(sql).all(...parameters) ?? [];
  }

  #measurements(id: number): number {
    const sql = 'SELECT count(*) FROM measurements WHERE session_id = ?';
    return this.#db?.prepare<[number], number>(sql).pluck().get(id) ?? 0;
  }

  #told(session: string, seq: number): boolean {
    const told = this.#statements?.holes.events
      .all(session)
      .some(
        ({ category, payload }) =>
          category === 'conflict' && (JSON.parse(payload) as { seq?: unknown }).seq === seq,
      );
    if (told !== true) return false;
    const { knownConflicts } = this.#compared;
    this.#compared = { ...this.#compared, knownConflicts: knownConflicts + 1 };
    return true;
  }

  #count(absent: number, conflicts: number): void {
    const { compared } = this;
    this.#compared = {
      ...compared,
      absent: compared.absent + absent,
      conflicts: compared.conflicts + conflicts,
    };
  }

  #miss(session: string, seq: number): void {
    const ranges = this.#absent.get(session) ?? [];
    this.#absent.set(session, ranges);
    const last = ranges.at(-1);
    if (last?.to === seq - 1) ranges[ranges.length - 1] = { from: last.from, to: seq };
    else ranges.push({ from: seq, to: seq });
  }
}

function sessionIn(
  statements: Statements | undefined,
  uid: string,
): SessionInTransaction | undefined {
  const row = statements?.session.find.get(uid);
  return row && new SessionInTransaction(row);
}

function miscountsOf(
  session: CountedSession,
  { holes }: Statements,
  measurements: number,
): Miscounted[] {
  const { id, uid, row_count, last_seq, measurement_count, end_measurement_count } = session;
  const numbers = holes.present.get({ id, from: 0, to: last_seq }) ?? 0;
  const pairs: [what: string, said: number, found: number][] = [
    ['readings', measurement_count, measurements],
    ['records', row_count, numbers],
  ];
  // What its end promised can only be held against a session that lacks nothing.
  if (end_measurement_count !== null && row_count === last_seq + 1) {
    pairs.push(['readings, as its end says', end_measurement_count, measurements]);
  }
  return pairs
    .filter(([, said, found]) => said !== found)
    .map(([what, said, found]) => ({ session: uid, what, said, found }));
}

function tooOld(path: string): StorageError {
  return new StorageError(
    'store_unreadable',
    `The tables of ${path} are of an older version. Start the writer once: it brings them up to date.`,
  );
}
