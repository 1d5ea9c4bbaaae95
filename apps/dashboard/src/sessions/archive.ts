/** All recorded sessions, in whatever database they lie. */
import type { Log } from '@elmetron/protocol';
import { StorageError, type LoggedSession } from '@elmetron/storage';
import type { z } from 'zod';
import type { Curve } from '../api/readings.js';
import type {
  curveQuerySchema,
  Session,
  SessionsPage,
  sessionsQuerySchema,
  Statistics,
} from '../api/sessions.js';
import { DashboardError } from '../dashboard-error.js';
import { askEach } from '../databases/ask-each.js';
import { curveBody } from '../databases/curve-body.js';
import type { Database, Size } from '../databases/database.js';
import type { Asker } from '../databases/question-queue.js';
import type { DatabaseReader } from '../databases/reader.js';
import { marksOf } from '../live/mark-book.js';
import { cursorText, readCursor } from './cursor.js';
import { sessionRow } from './session-row.js';

export interface Found {
  readonly database: Database;
  readonly session: LoggedSession;
}

type Query = z.output<typeof sessionsQuerySchema>;

const MOST_EVENTS = 2_000;

export class Archive {
  readonly databases: readonly Database[];
  readonly #log: Log;

  constructor(databases: readonly Database[], log: Log) {
    this.databases = databases;
    this.#log = log;
  }

  /** The latest first. A database that cannot be read is named among the problems; the others are read. */
  async sessions({ search, source, emulated, limit, after }: Query): Promise<SessionsPage> {
    const place = after === undefined ? undefined : readCursor(after);
    const filter = {
      limit: limit + 1,
      ...(search === undefined || search.trim() === '' ? {} : { text: search.trim() }),
      ...(source === undefined ? {} : { source }),
      ...(place === undefined ? {} : { before: place }),
    };
    const asked = this.databases.filter(
      (database) => emulated === undefined || database.emulated === (emulated === 'true'),
    );
    const { answers, problems } = await askEach(asked, 'small', (reader) =>
      reader.sessions(filter),
    );
    for (const { database, error } of problems) {
      this.#log.warn({ code: error.code, path: database.path }, error.message);
    }
    const found = answers.flatMap(({ database, answer }) =>
      answer.map((session) => ({ session, database })),
    );
    const all = withoutDoubles(found).sort(latestFirst);
    const page = all.slice(0, limit);
    const last = page.at(-1)?.session;
    return {
      sessions: page.map(({ session, database }) => sessionRow(session, database.emulated)),
      next:
        last === undefined || all.length <= limit
          ? null
          : cursorText({ startedAt: last.started_at, uid: last.session_uid }),
      problems: problems.map(({ error }) => error.message),
    };
  }

  /** Throws DashboardError `session_not_found`; StorageError when it may lie where nothing can be read. */
  async find(uid: string): Promise<Found> {
    let unreadable: StorageError | undefined;
    for (const database of this.databases) {
      try {
        const session = await database.ask('small', (reader) => reader.session(uid));
        if (session !== undefined) return { session, database };
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        unreadable = error;
      }
    }
    throw unreadable ?? new DashboardError('session_not_found', `There is no session ${uid}.`);
  }

  async session(uid: string, signal?: AbortSignal): Promise<Session> {
    const found = await this.find(uid);
    const { session, database } = found;
    const [extent, metadata, events, annotations] = await Promise.all([
      this.#of(found, (reader) => reader.extent(uid), large(`extent ${uid}`, signal)),
      this.#of(found, (reader) => reader.metadata(uid)),
      this.#of(found, (reader) => reader.events(uid, MOST_EVENTS)),
      this.#of(found, (reader) => reader.annotations(uid)),
    ]);
    return {
      session: sessionRow(session, database.emulated),
      first: extent?.first ?? null,
      last: extent?.last ?? null,
      metadata,
      marks: marksOf(uid, events, annotations).slice(-MOST_EVENTS),
    };
  }

  async curve(
    uid: string,
    { from, to, points }: z.output<typeof curveQuerySchema>,
    signal?: AbortSignal,
  ): Promise<Curve> {
    const request = {
      points,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    };
    const found = await this.find(uid);
    const key = `curve ${uid} ${from} ${to} ${points}`;
    const read = await this.#of(found, (reader) => reader.curve(uid, request), large(key, signal));
    return curveBody(read);
  }

  async statistics(uid: string, signal?: AbortSignal): Promise<Statistics> {
    const found = await this.find(uid);
    const how = large(`statistics ${uid}`, signal);
    const read = await this.#of(found, (reader) => reader.statistics(uid), how);
    return { units: [...read.units], recovered: [...read.recovered] };
  }

  async close(): Promise<void> {
    await Promise.all(this.databases.map((database) => database.close()));
  }

  async #of<T>(
    { database, session }: Found,
    question: (reader: DatabaseReader) => Promise<T>,
    { size, asker }: How = { size: 'small', asker: {} },
  ): Promise<T> {
    // In an object: the answer itself may be that there is none.
    const answer = await database.ask(
      size,
      async (reader) => ({ of: await question(reader) }),
      asker,
    );
    if (answer !== undefined) return answer.of;
    throw new DashboardError('session_not_found', `${session.session_uid} is not there any more.`);
  }
}

interface How {
  readonly size: Size;
  readonly asker: Asker;
}

/** Of what takes seconds: the same for all who ask for it, and for nobody who has gone. */
function large(key: string, signal: AbortSignal | undefined): How {
  return { size: 'large', asker: signal === undefined ? { key } : { key, signal } };
}

function withoutDoubles(found: readonly Found[]): Found[] {
  const known = new Set<string>();
  return found.filter(({ session }) => {
    if (known.has(session.session_uid)) return false;
    known.add(session.session_uid);
    return true;
  });
}

/** As the databases have it: those that never said when they began come last. */
function latestFirst(a: Found, b: Found): number {
  const [left, right] = [a.session.started_at ?? '', b.session.started_at ?? ''];
  if (left !== right) return left < right ? 1 : -1;
  return a.session.session_uid < b.session.session_uid ? 1 : -1;
}
