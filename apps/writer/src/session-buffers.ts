/**
 * The session buffers of this life of the writer: made when a session's first record arrives, under
 * the lock that tells recovery that this run is alive, and removed when the store has all of them.
 * When no buffer can be written the buffers says so once and steps aside: the caller then lets the
 * database commit be the point of acknowledgement.
 */
import { join } from 'node:path';
import type { Clock, Log } from '@elmetron/protocol';
import {
  makeDurableDirectory,
  RunLock,
  SessionBuffer,
  StorageError,
  type BufferRange,
  type FileSystem,
} from '@elmetron/storage';
import type { Delivery } from './delivery.js';
import type { SessionIntake } from './session-intake.js';

export interface SessionBuffersOptions {
  readonly capturesDir: string;
  /** Names this life of the writer. */
  readonly run: string;
  /** False: no buffers at all, by configuration. */
  readonly enabled: boolean;
  readonly rotateBytes: number;
  readonly archiveDays: number;
  /** After a failure, so long until a buffer is tried again. */
  readonly retryMs: number;
  readonly fs?: FileSystem;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when buffers become unavailable (with the reason) and available again (undefined). */
  readonly stateChanged: (reason: string | undefined) => void;
}

interface Held {
  readonly session: SessionIntake;
  readonly buffer: SessionBuffer;
  /** Set when nothing more comes: resolves when its files are closed; they go as soon as they are committed. */
  ended: Promise<void> | undefined;
}

export interface BufferFigures {
  /** Records go to buffers before they are acknowledged; false: not configured so, or no buffer can be written. */
  readonly active: boolean;
  /** Files on disk. */
  readonly segments: number;
  readonly bytes: number;
  /** Records in them, whether the database has them already or not; start lines that segments begin with do not count. */
  readonly records: number;
  /** UTC, ISO 8601. */
  readonly last_sync: string | null;
}

export class SessionBuffers {
  readonly #options: SessionBuffersOptions;
  readonly #held = new Map<string, Held>();
  /** Up to which byte each segment's records are in the store. */
  readonly #committed = new Map<string, number>();
  /** How many records each segment holds. */
  readonly #records = new Map<string, number>();
  #lock: RunLock | undefined;
  #triedAgainAt = -Infinity;
  #problem: string | undefined;
  #lastSyncAt: number | undefined;

  constructor(options: SessionBuffersOptions) {
    this.#options = options;
  }

  get figures(): BufferFigures {
    const sizes = [...this.#held.values()].flatMap(({ buffer }) =>
      buffer.segments().map(({ size }) => size),
    );
    return {
      active: this.#options.enabled && this.#problem === undefined,
      segments: sizes.length,
      bytes: sum(sizes),
      records: sum([...this.#records.values()]),
      last_sync: this.#lastSyncAt === undefined ? null : new Date(this.#lastSyncAt).toISOString(),
    };
  }

  /**
   * Appends the deliveries of one session and syncs them. Resolves to where each lies, or undefined
   * when no buffer could take them. Rejects with StorageError `sync_failed`: then nothing may be
   * acknowledged any more.
   */
  async write(
    session: SessionIntake,
    group: readonly Delivery[],
  ): Promise<BufferRange[] | undefined> {
    if (!this.#usable(session)) return undefined;
    try {
      const { buffer } = await this.#open(session);
      const ranges = await this.#append(buffer, session, group);
      await buffer.sync();
      this.#lastSyncAt = this.#options.clock.now();
      this.#report(undefined);
      return ranges;
    } catch (error) {
      if (!(error instanceof StorageError) || error.code === 'sync_failed') throw error;
      // What follows goes to a fresh segment: within a segment the numbers have no hole.
      await this.#held.get(session.session)?.buffer.restart();
      this.#triedAgainAt = this.#options.clock.monotonic() + this.#options.retryMs;
      this.#report(error.message);
      return undefined;
    }
  }

  /** The bytes of a range that `write` gave. */
  async read(range: BufferRange): Promise<Buffer> {
    for (const { buffer } of this.#held.values()) {
      if (buffer.segments().some(({ path }) => path === range.path))
        return await buffer.read(range);
    }
    throw new Error(`no segment ${range.path} is held`);
  }

  /** Every record before byte `end` of the segment is in the store. */
  committed(path: string, end: number): void {
    this.#committed.set(path, Math.max(end, this.#committed.get(path) ?? 0));
  }

  /** The session brings nothing more; its last segment may go once it is committed. Never rejects. */
  async end(session: string): Promise<void> {
    const held = this.#held.get(session);
    if (held === undefined) return;
    held.ended ??= held.buffer.close().catch((error: unknown) => {
      // What was acknowledged is synced already; the segment stays, and recovery knows it.
      this.#options.log.warn(
        { err: error, session },
        'The buffer of a finished session could not be closed',
      );
    });
    await held.ended;
    this.#forgetEmpty(held);
  }

  /** Ends all sessions. */
  async close(): Promise<void> {
    await Promise.all([...this.#held.keys()].map((session) => this.end(session)));
  }

  /** Whether there is a buffer of this database, open or not. */
  holds(emulated: boolean): boolean {
    return [...this.#held.values()].some(({ session }) => session.emulated === emulated);
  }

  /** Whether `removeCommitted` would find something for this database. */
  hasCommitted(emulated: boolean): boolean {
    return this.#removable(emulated).length > 0;
  }

  /**
   * Archives and removes what is committed, until `enough` says that it has to end. Call only after a
   * complete checkpoint of the database.
   */
  async removeCommitted(emulated: boolean, enough = (): boolean => false): Promise<void> {
    const { capturesDir, archiveDays, log } = this.#options;
    const archiveDir = join(capturesDir, 'archive');
    for (const { held, path } of this.#removable(emulated)) {
      if (enough()) return;
      await held.buffer.remove(path, { archiveDir, archiveDays });
      this.#committed.delete(path);
      this.#records.delete(path);
      log.debug(
        { session: held.session.session, path },
        'A buffer segment is in the database and removed',
      );
      this.#forgetEmpty(held);
    }
  }

  /** Gives up the run's lock; its file goes when no buffer is left that would need it. */
  release(): void {
    this.#lock?.release({ remove: this.#held.size === 0 });
    this.#lock = undefined;
  }

  #forgetEmpty({ session, buffer, ended }: Held): void {
    if (ended === undefined || buffer.segments().length > 0) return;
    this.#held.delete(session.session);
  }

  #removable(emulated: boolean): { held: Held; path: string }[] {
    return [...this.#held.values()]
      .filter(({ session }) => session.emulated === emulated)
      .flatMap((held) =>
        held.buffer
          .segments()
          .filter(({ path, size, closed }) => closed && (this.#committed.get(path) ?? 0) >= size)
          .map(({ path }) => ({ held, path })),
      );
  }

  #usable(session: SessionIntake): boolean {
    if (!this.#options.enabled || session.startLine.length === 0) return false;
    return this.#options.clock.monotonic() >= this.#triedAgainAt;
  }

  async #open(session: SessionIntake): Promise<Held> {
    const known = this.#held.get(session.session);
    if (known !== undefined) {
      known.ended = undefined;
      return known;
    }
    const { capturesDir, run, rotateBytes, fs, log } = this.#options;
    if (this.#lock === undefined) {
      await makeDurableDirectory(capturesDir, fs);
      this.#lock = RunLock.acquire(capturesDir, run);
    }
    const { startLine } = session;
    const buffer = new SessionBuffer({
      dir: capturesDir,
      run,
      session: session.session,
      startLine,
      rotateBytes,
      log,
      ...(fs === undefined ? {} : { fs }),
    });
    const held: Held = { session, buffer, ended: undefined };
    this.#held.set(session.session, held);
    return held;
  }

  async #append(
    buffer: SessionBuffer,
    session: SessionIntake,
    group: readonly Delivery[],
  ): Promise<BufferRange[]> {
    const header = session.startLine.length + 1;
    const records = group.filter(({ isStart }) => !isStart);
    // With nothing but the start line to write, appending nothing still makes the segment.
    const pieces = records.map(({ lines }) => lines);
    const [only] = pieces;
    const one = pieces.length === 1 && only !== undefined;
    const all = await buffer.append(one ? only : Buffer.concat(pieces));
    if (!this.#committed.has(all.path)) {
      // Its start line counts as committed, unless it is this very one that has just arrived.
      this.#committed.set(all.path, group.some(({ isStart }) => isStart) ? 0 : header);
    }
    const appended = sum(group.map(({ records: count }) => count));
    this.#records.set(all.path, (this.#records.get(all.path) ?? 0) + appended);
    let start = all.start;
    return group.map(({ isStart, lines }) => {
      if (isStart) return { path: all.path, start: 0, end: header };
      const range = { path: all.path, start, end: start + lines.length };
      start = range.end;
      return range;
    });
  }

  #report(reason: string | undefined): void {
    if (reason === this.#problem) return;
    this.#problem = reason;
    this.#options.stateChanged(reason);
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
