/**
 * Where bytes go that cannot be taken as records: kept for a person to look at, so that the line is
 * never blocked and nothing is dropped. Whoever puts something here goes on as if it were handled
 * (acknowledges, removes a buffer), so `put` resolves only when it is durable: file synced, and for
 * a new file its directory.
 *
 * One JSONL file per origin. The same bytes of the same position are kept once, so that a recovery
 * run again, or a record sent again, adds nothing. A line that a crash tore is ended by a newline
 * and left: its entry is put again whole, and cutting could cut what another process just wrote.
 */
import { systemClock, type Clock } from '@elmetron/protocol/offline';
import { join } from 'node:path';
import { StorageError } from '../errors.js';
import { messageOf, unwritable, writeWhole } from './append-file.js';
import { makeDurableDirectory } from './durable-directory.js';
import { nodeFileSystem, type FileSystem, type OpenFile } from './file-system.js';
import { readLines } from './line-reader.js';
import {
  ENTRY_LINE_BYTES,
  entryKey,
  entryLine,
  quarantineFileName,
  rangeLines,
  type EntryLine,
  type QuarantineEntry,
  type QuarantineRange,
} from './quarantine-entry.js';

export interface QuarantineOptions {
  /** `<captures>/quarantine`; made on first use. */
  readonly dir: string;
  readonly fs?: FileSystem;
  readonly clock?: Clock;
}

/** What is known of one origin's file. */
interface OriginFile {
  readonly path: string;
  readonly keys: Set<string>;
  /** The file ends in half an entry. */
  torn: boolean;
  /** Synced by this process, so that what was found in it is durable too. */
  synced: boolean;
}

const ORIGINS_REMEMBERED = 16;

export class Quarantine {
  readonly #dir: string;
  readonly #fs: FileSystem;
  readonly #clock: Clock;
  readonly #origins = new Map<string, OriginFile>();
  #queue: Promise<unknown> = Promise.resolve();
  #dead: StorageError | undefined;

  constructor(options: QuarantineOptions) {
    this.#dir = options.dir;
    this.#fs = options.fs ?? nodeFileSystem();
    this.#clock = options.clock ?? systemClock;
  }

  /** Durable when it resolves; true when it was not there yet. Throws `buffer_unwritable`, `sync_failed`. */
  async put(entry: QuarantineEntry): Promise<boolean> {
    return (await this.putAll([entry])) > 0;
  }

  /** As `put`, with one sync for all entries of an origin. Resolves to how many were not there yet. */
  putAll(entries: readonly QuarantineEntry[]): Promise<number> {
    const byOrigin = new Map<string, EntryLine[]>();
    for (const entry of entries) {
      const lines = byOrigin.get(entry.origin) ?? [];
      lines.push(entryLine(entry, this.#now()));
      byOrigin.set(entry.origin, lines);
    }
    return this.#enqueue(async () => {
      let added = 0;
      for (const [origin, lines] of byOrigin) added += await this.#append(origin, lines);
      return added;
    });
  }

  /** As `put`, for a stretch of a file in constant memory; runs of zeros are kept as their length. */
  putRange(range: QuarantineRange): Promise<number> {
    return this.#enqueue(async () => {
      let added = 0;
      for await (const line of rangeLines(range, this.#now(), this.#fs)) {
        added += await this.#append(range.origin, [line]);
      }
      return added;
    });
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(() => {
      if (this.#dead !== undefined) throw this.#dead;
      return work();
    });
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #append(origin: string, entries: readonly EntryLine[]): Promise<number> {
    if (this.#origins.size === 0) await makeDurableDirectory(this.#dir, this.#fs);
    const path = join(this.#dir, quarantineFileName(origin));
    let file: OpenFile;
    try {
      // O_APPEND: an old and a new writer may put beside each other for a moment.
      file = await this.#fs.open(path, 'a+');
    } catch (error) {
      throw unwritable(path, 'cannot be opened', error);
    }
    try {
      const known = this.#origins.get(origin) ?? (await this.#load(origin, path, file));
      const fresh = new Map(entries.map((entry) => [entry.key, entry.text]));
      for (const key of known.keys) fresh.delete(key);
      await write(known, file, [...fresh.values()]);
      if (fresh.size > 0 || !known.synced) await this.#sync(known, file);
      for (const key of fresh.keys()) known.keys.add(key);
      return fresh.size;
    } finally {
      await file.close();
    }
  }

  async #load(origin: string, path: string, file: OpenFile): Promise<OriginFile> {
    const known: OriginFile = { path, keys: new Set(), torn: false, synced: false };
    for await (const line of readLines(file, 0, undefined, ENTRY_LINE_BYTES)) {
      const key = line.terminated ? entryKey(line.bytes) : undefined;
      if (key !== undefined) known.keys.add(key);
      known.torn = !line.terminated;
    }
    const [oldest] = this.#origins.keys();
    if (this.#origins.size >= ORIGINS_REMEMBERED && oldest !== undefined) {
      this.#origins.delete(oldest);
    }
    this.#origins.set(origin, known);
    return known;
  }

  async #sync(known: OriginFile, file: OpenFile): Promise<void> {
    try {
      if (known.synced) {
        await file.datasync();
      } else {
        await file.sync();
        await this.#fs.syncDirectory(this.#dir);
        known.synced = true;
      }
    } catch (error) {
      this.#dead = new StorageError(
        'sync_failed',
        `${known.path} could not be synced (${messageOf(error)}): what was set aside may be lost. Check the disk.`,
        { cause: error },
      );
      throw this.#dead;
    }
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

async function write(known: OriginFile, file: OpenFile, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const text = (known.torn ? '\n' : '') + lines.join('');
  // Until all of it is there the file may end in half an entry.
  known.torn = true;
  try {
    await writeWhole(file, Buffer.from(text), null);
  } catch (error) {
    throw unwritable(known.path, 'cannot be appended to', error);
  }
  known.torn = false;
}
