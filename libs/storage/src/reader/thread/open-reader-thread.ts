/**
 * A `StoreReader` in a thread of its own: a server that asks it is never held up by a disk, a lock or two million
 * readings. It answers one question after the other, so whoever has both small ones and long ones (curves,
 * statistics, exports) opens two of them.
 */
import type { Log } from '@elmetron/protocol';
import { StorageError } from '../../errors.js';
import type { Curve, CurveRequest, RecentCurve, TimeExtent } from '../curve/curve.js';
import { PAGE_READINGS, type ReadingRange } from '../reading-pages.js';
import type {
  LoggedAnnotation,
  LoggedEvent,
  LoggedReading,
  LoggedSession,
  UnitSummary,
} from '../rows.js';
import type { SessionFilter } from '../session-filter.js';
import type { SessionStatistics } from '../session-statistics.js';
import type { StoreReader } from '../store-reader.js';
import { ReaderLife } from './reader-life.js';
import { unpackReadings, type ReaderMethod, type SentReadings } from './reader-messages.js';

export interface ReaderThreadOptions {
  readonly path: string;
  readonly log: Log;
  /** How long to wait for another program that holds the database, in ms; 1000. `close` waits for it too. */
  readonly busyTimeoutMs?: number;
  /** What the thread may take for its objects, in MB, before it is ended; 256. */
  readonly memoryMb?: number;
  /** The thread's file: `readerThreadEntry`, unless the program is bundled. */
  readonly entry?: URL;
}

/** As it was built, also for a test that runs the sources: a thread cannot load those. */
export const readerThreadEntry: URL = new URL(
  '../../../dist/reader/thread/reader-thread.js',
  import.meta.url,
);

/** A reader hardly ever has to wait: for a recovery that has just taken hold, or a log that is read in. */
const BUSY_TIMEOUT_MS = 1_000;
const MEMORY_MB = 256;

/** The thread starts with the first question. */
export function openReaderThread(options: ReaderThreadOptions): ReaderThread {
  return new ReaderThread(options);
}

/**
 * Each method does as that of `StoreReader`, and rejects as that one and its `open` throw: `store_missing` as long
 * as there is no database, and whichever lies under the path is asked (a recovery may put another one there).
 * `store_stopped`: the thread has died, and the next question starts another; or it was closed.
 * No transaction stays open from one question to the next.
 */
export class ReaderThread {
  readonly path: string;
  readonly #options: ReaderThreadOptions;
  #life: ReaderLife | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ReaderThreadOptions) {
    this.path = options.path;
    this.#options = options;
  }

  sessions(filter: SessionFilter = {}): Promise<LoggedSession[]> {
    return this.#ask('sessions', filter);
  }

  session(uid: string): Promise<LoggedSession | undefined> {
    return this.#ask('session', uid);
  }

  sessionsBeginning(prefix: string, limit: number): Promise<LoggedSession[]> {
    return this.#ask('sessionsBeginning', prefix, limit);
  }

  extent(session: string): Promise<TimeExtent | undefined> {
    return this.#ask('extent', session);
  }

  curve(session: string, request: CurveRequest): Promise<Curve> {
    return this.#ask('curve', session, request);
  }

  recent(source: string, from: number, points: number): Promise<RecentCurve> {
    return this.#ask('recent', source, from, points);
  }

  statistics(session: string): Promise<SessionStatistics> {
    return this.#ask('statistics', session);
  }

  units(session: string): Promise<UnitSummary[]> {
    return this.#ask('units', session);
  }

  countReadings(session: string, range: ReadingRange = {}): Promise<number> {
    return this.#ask('countReadings', session, range);
  }

  async lastReading(session: string): Promise<LoggedReading | undefined> {
    const reading = await this.#ask('lastReading', session);
    // What is sent is no Buffer any more.
    return reading && { ...reading, raw_frame: Buffer.from(reading.raw_frame) };
  }

  metadata(session: string): Promise<Readonly<Record<string, string | number>>> {
    return this.#ask('metadata', session);
  }

  annotations(session: string): Promise<LoggedAnnotation[]> {
    return this.#ask('annotations', session);
  }

  events(session: string, limit?: number): Promise<LoggedEvent[]> {
    return this.#ask('events', session, limit);
  }

  lastEvent(category: string): Promise<LoggedEvent | undefined> {
    return this.#ask('lastEvent', category);
  }

  lastEvents(category: string, limit: number): Promise<LoggedEvent[]> {
    return this.#ask('lastEvents', category, limit);
  }

  /** A page is read when it is asked for, and not before; whoever stops asking has nothing to undo. */
  async *readings(
    session: string,
    range: ReadingRange = {},
  ): AsyncGenerator<readonly LoggedReading[], void, undefined> {
    for (let { after } = range; ;) {
      const sent = await this.#send('page', [
        session,
        after === undefined ? range : { ...range, after },
      ]);
      const page = unpackReadings(sent as SentReadings);
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE_READINGS) return;
      after = last.seq;
    }
  }

  /** Rejects what is asked, and resolves two seconds after `busyTimeoutMs` at the latest, whatever the thread does. */
  close(): Promise<void> {
    this.#closing ??= this.#life?.end() ?? Promise.resolve();
    return this.#closing;
  }

  #ask<M extends Exclude<ReaderMethod, 'page'>>(
    method: M,
    ...args: Parameters<StoreReader[M]>
  ): Promise<ReturnType<StoreReader[M]>> {
    // The thread answers with what its reader's method returns.
    return this.#send(method, args) as Promise<ReturnType<StoreReader[M]>>;
  }

  async #send(method: ReaderMethod, args: readonly unknown[]): Promise<unknown> {
    const { path } = this;
    if (this.#closing !== undefined) {
      throw new StorageError('store_stopped', `The reader of ${path} is closed.`);
    }
    this.#life ??= this.#begin();
    return await this.#life.call(method, args);
  }

  #begin(): ReaderLife {
    const {
      path,
      log,
      busyTimeoutMs = BUSY_TIMEOUT_MS,
      memoryMb = MEMORY_MB,
      entry = readerThreadEntry,
    } = this.#options;
    return new ReaderLife({
      path,
      busyTimeoutMs,
      memoryMb,
      entry,
      onDeath: (error) => {
        this.#life = undefined;
        log.warn({ err: error, path }, 'The thread that reads the database is gone');
      },
    });
  }
}
