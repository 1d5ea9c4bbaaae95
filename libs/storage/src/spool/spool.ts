/**
 * Where acquisition keeps every record until it is acknowledged: appended before it is sent, cut
 * away soon after, so that neither a kill of this process nor a writer that is away for a week
 * loses one, and in good times hardly a byte reaches the disk. One living process holds the
 * directory.
 */
import { silentLog, systemClock, type Clock, type Log } from '@elmetron/protocol/offline';
import { basename, join } from 'node:path';
import { unwritable } from '../buffer/append-file.js';
import { makeDurableDirectory } from '../buffer/durable-directory.js';
import { nodeFileSystem, type FileSystem } from '../buffer/file-system.js';
import { Quarantine } from '../buffer/quarantine.js';
import { RunLock } from '../buffer/run-lock.js';
import { StorageError } from '../errors.js';
import { readLeftBehind, type LeftSession } from './left-behind.js';
import { RecordCache } from './record-cache.js';
import type { SpoolHole } from './record-index.js';
import {
  nodeSpoolFiles,
  parseSpoolFileName,
  type SpoolFileName,
  type SpoolFiles,
} from './spool-files.js';
import { SpoolRoom } from './spool-room.js';
import { SpoolSession } from './spool-session.js';
import type { SpoolShared } from './spool-shared.js';
import { substituteStartLine } from './start-line.js';

export interface SpoolOptions {
  /** Made if it is not there. */
  readonly dir: string;
  /** Over all files. */
  readonly maxBytes: number;
  /** A file that would grow beyond this is followed by a new one; default 8 MiB, more in a very large spool. At most a quarter of `maxBytes` is used. */
  readonly segmentBytes?: number;
  /** Lines kept in memory, over all sessions; default 10000. */
  readonly cacheRecords?: number;
  /** Named in the place of a start line that damage took. */
  readonly source?: string;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly fs?: FileSystem;
  readonly files?: SpoolFiles;
}

/** What was found damaged, or torn by a kill, when the spool was opened. */
export interface SpoolDamage {
  readonly session: string;
  /** Stretches of bytes that were set aside in `<dir>/quarantine`. */
  readonly stretches: number;
  /** The numbers that are known to be lost; the last ones of a session leave no trace. */
  readonly holes: readonly SpoolHole[];
}

const SEGMENT_BYTES = 8_388_608;
const CACHE_RECORDS = 10_000;
/** Files that are full but not synced stay open; so many of them there may be. */
const MOST_SEGMENTS = 256;

export class Spool {
  readonly #lock: RunLock;
  readonly #shared: SpoolShared;
  readonly #quarantine: Quarantine;
  readonly #sessions = new Map<string, SpoolSession>();
  readonly #damage: SpoolDamage[] = [];
  /** Quarantine entries on their way to the disk. */
  readonly #settingAside = new Set<Promise<void>>();

  private constructor(options: SpoolOptions, lock: RunLock) {
    const { dir, maxBytes, clock = systemClock, log = silentLog } = options;
    const wanted = options.segmentBytes ?? Math.max(SEGMENT_BYTES, maxBytes / MOST_SEGMENTS);
    this.#lock = lock;
    this.#quarantine = new Quarantine({
      dir: join(dir, 'quarantine'),
      clock,
      fs: options.fs ?? nodeFileSystem(),
    });
    this.#shared = {
      dir,
      files: options.files ?? nodeSpoolFiles,
      room: new SpoolRoom(maxBytes),
      cache: new RecordCache(options.cacheRecords ?? CACHE_RECORDS),
      segmentBytes: Math.floor(Math.min(wanted, maxBytes / 4)),
      clock,
      log,
      setAside: (path, offset, bytes) => this.#setAside(path, offset, bytes),
      gone: (session) => this.#sessions.delete(session),
    };
  }

  /** Reads what an earlier life left. Throws StorageError `lock_held`, `buffer_unwritable`, `sync_failed`. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const fs = options.fs ?? nodeFileSystem();
    await makeDurableDirectory(options.dir, fs);
    const lock = RunLock.acquire(options.dir, 'spool');
    try {
      const spool = new Spool(options, lock);
      await spool.#takeUp(fs, options.source ?? 'unknown');
      return spool;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Bytes of all files. */
  get bytes(): number {
    return this.#shared.room.used;
  }

  get maxBytes(): number {
    return this.#shared.room.max;
  }

  /** Lines in memory. */
  get cachedRecords(): number {
    return this.#shared.cache.size;
  }

  /** What the opening found to be bad, to be told to people. */
  get damage(): readonly SpoolDamage[] {
    return this.#damage;
  }

  /** Those that are not both finished and wholly released: what an earlier life left first, then in the order they began. */
  sessions(): readonly SpoolSession[] {
    return [...this.#sessions.values()];
  }

  /**
   * A new session. Its start line (without newline) is record 0. Throws StorageError `spool_full`
   * or `buffer_unwritable`, and leaves nothing then.
   */
  begin(session: string, startLine: Uint8Array): SpoolSession {
    if (this.#sessions.has(session)) {
      throw new StorageError('buffer_unwritable', `The spool has a session ${session} already.`);
    }
    const begun = SpoolSession.begin(this.#shared, session, startLine);
    this.#sessions.set(session, begun);
    return begun;
  }

  /** When the record that has waited longest for a sync or its release was appended (`Clock.monotonic()`). */
  get oldestUnsyncedAt(): number | undefined {
    const times = this.sessions().flatMap((session) => session.oldestUnsyncedAt ?? []);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** `sync` of all sessions, side by side; all are tried. Throws StorageError `sync_failed`. */
  async sync(): Promise<void> {
    const done = await Promise.allSettled(this.sessions().map((session) => session.sync()));
    for (const result of done) if (result.status === 'rejected') throw result.reason;
    await Promise.all(this.#settingAside);
  }

  /**
   * Syncs what is not released, closes the files and frees the directory; what is not released
   * stays for the next life. Throws StorageError `sync_failed` after all of that.
   */
  async close(): Promise<void> {
    try {
      await this.sync();
    } finally {
      for (const session of this.sessions()) await session.close();
      await Promise.all(this.#settingAside);
      this.#lock.release();
    }
  }

  async #takeUp(fs: FileSystem, source: string): Promise<void> {
    const { dir, files, room, log } = this.#shared;
    const bySession = new Map<string, SpoolFileName[]>();
    for (const name of await list(dir, fs)) {
      const parsed = parseSpoolFileName(name);
      if (parsed === undefined) continue;
      const found = bySession.get(parsed.session) ?? [];
      found.push(parsed);
      bySession.set(parsed.session, found);
    }
    // Names of sessions begin with the time.
    for (const session of [...bySession.keys()].sort()) {
      const around = { dir, fs, files, room, quarantine: this.#quarantine, log };
      const left = await readLeftBehind(session, bySession.get(session) ?? [], around);
      this.#resume(session, left, source);
    }
  }

  #resume(session: string, { offered, damaged }: LeftSession, source: string): void {
    const { log } = this.#shared;
    const startLine =
      offered?.startLine ??
      (offered?.earliest && substituteStartLine(session, source, offered.earliest, offered.frame));
    if (offered && startLine) {
      const resumed = SpoolSession.resume(this.#shared, session, startLine, offered);
      this.#sessions.set(session, resumed);
      const { first, last } = resumed;
      log.info({ session, first, last }, 'Spool holds records of an earlier life');
    }
    if (damaged === 0) return;
    const holes = offered?.index.holes ?? [];
    this.#damage.push({ session, stretches: damaged, holes });
    log.warn(
      { session, stretches: damaged, holes },
      'Damaged or torn bytes in the spool set aside',
    );
  }

  #setAside(path: string, position: number, bytes: Buffer): void {
    const entry = { reason: 'damaged', origin: basename(path), position, bytes };
    const kept = this.#quarantine.put(entry).then(
      () => undefined,
      (error: unknown) => {
        this.#shared.log.error(
          { path, position, err: error },
          'Damaged bytes could not be set aside',
        );
      },
    );
    this.#settingAside.add(kept);
    void kept.finally(() => this.#settingAside.delete(kept));
  }
}

async function list(dir: string, fs: FileSystem): Promise<readonly string[]> {
  try {
    return await fs.readDirectory(dir);
  } catch (error) {
    throw unwritable(dir, 'cannot be listed', error);
  }
}
