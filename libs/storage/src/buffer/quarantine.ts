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
import { isUtf8 } from 'node:buffer';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { systemClock, type Clock } from '@elmetron/protocol';
import { messageOf, readRange, unwritable, writeWhole } from './append-file.js';
import { makeDurableDirectory } from './durable-directory.js';
import { nodeFileSystem, type FileSystem, type OpenFile } from './file-system.js';
import { readLines } from './line-reader.js';
import { StorageError } from '../errors.js';

export interface QuarantineOptions {
  /** `<captures>/quarantine`; made on first use. */
  readonly dir: string;
  readonly fs?: FileSystem;
  readonly clock?: Clock;
}

export interface QuarantineEntry {
  /** What is wrong: a code or a sentence. */
  readonly reason: string;
  /** Where it comes from: the name of a buffer file, or of a source and session. */
  readonly origin: string;
  /** Where in it: an offset, or a sequence number. */
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** A stretch of a file, of any length. */
export interface QuarantineRange {
  readonly reason: string;
  readonly origin: string;
  readonly path: string;
  readonly offset: number;
  readonly end: number;
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
const RANGE_PIECE_BYTES = 32_768;
const ENTRY_LINE_BYTES = 1_048_576;
const ZEROS = Buffer.alloc(RANGE_PIECE_BYTES);

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
      lines.push(this.#entryLine(entry));
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
      for await (const line of this.#rangeLines(range)) {
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
    await makeDurableDirectory(this.#dir, this.#fs);
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

  async *#rangeLines(range: QuarantineRange): AsyncGenerator<EntryLine> {
    const { reason, origin, path, end } = range;
    let file: OpenFile;
    try {
      file = await this.#fs.open(path, 'r');
    } catch (error) {
      throw new StorageError('buffer_unreadable', `${path} cannot be read: ${messageOf(error)}`, {
        cause: error,
      });
    }
    try {
      let zerosFrom: number | undefined;
      let position = range.offset;
      while (position < end) {
        const stop = Math.min(end, position + RANGE_PIECE_BYTES);
        const bytes = await readRange(file, position, stop);
        if (bytes.length === 0) break;
        if (bytes.equals(ZEROS.subarray(0, bytes.length))) {
          zerosFrom ??= position;
        } else {
          if (zerosFrom !== undefined) yield this.#zerosLine(range, zerosFrom, position);
          zerosFrom = undefined;
          yield this.#entryLine({ reason, origin, position, bytes });
        }
        position += bytes.length;
      }
      if (zerosFrom !== undefined) yield this.#zerosLine(range, zerosFrom, position);
    } finally {
      await file.close();
    }
  }

  #entryLine({ reason, origin, position, bytes }: QuarantineEntry): EntryLine {
    const content = isUtf8(bytes)
      ? { utf8: Buffer.from(bytes).toString() }
      : { hex: Buffer.from(bytes).toString('hex') };
    return this.#line(position, bytes.length, crcOf(bytes), { origin, reason, ...content });
  }

  #zerosLine({ reason, origin }: QuarantineRange, from: number, to: number): EntryLine {
    return this.#line(from, to - from, 'zeros', { origin, reason });
  }

  #line(position: number, length: number, crc: string, rest: object): EntryLine {
    const at = new Date(this.#clock.now()).toISOString();
    const text = `${JSON.stringify({ position, length, crc, at, ...rest })}\n`;
    return { key: `${position}:${length}:${crc}`, text };
  }
}

interface EntryLine {
  readonly key: string;
  readonly text: string;
}

/** The file that an origin's entries go to; names of origins may hold what file names may not. */
export function quarantineFileName(origin: string): string {
  const safe = origin.replaceAll(/[^0-9A-Za-z._+-]/g, '_').slice(0, 180);
  const tag = createHash('sha256').update(origin).digest('hex').slice(0, 8);
  return safe === origin ? `${safe}.jsonl` : `${safe}.${tag}.jsonl`;
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

function entryKey(line: Buffer): string | undefined {
  try {
    const entry: unknown = JSON.parse(line.toString());
    if (typeof entry !== 'object' || entry === null) return undefined;
    if (!('position' in entry && 'length' in entry && 'crc' in entry)) return undefined;
    return `${String(entry.position)}:${String(entry.length)}:${String(entry.crc)}`;
  } catch {
    return undefined;
  }
}

function crcOf(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}
