/**
 * One session in the spool: from the moment that acquisition numbers a record until everyone who is
 * to have it has acknowledged it. Its files come and go with that; its numbers do not depend on
 * them. Lines come from the cache, or behind it from the files.
 */
import type { Clock, Log, OutboxBatch, StreamSession } from '@elmetron/protocol';
import { join } from 'node:path';
import { StorageError } from '../errors.js';
import { messageOf } from '../buffer/append-file.js';
import { readBlock, type BlockContent } from './block-reader.js';
import type { CacheLane, RecordCache } from './record-cache.js';
import { grow, RecordIndex, type RecordBlock, type SpoolHole } from './record-index.js';
import { spoolFileName, type SpoolFiles } from './spool-files.js';
import type { SpoolRoom } from './spool-room.js';
import { SpoolSegment } from './spool-segment.js';
import { UnsyncedMarks } from './unsynced-marks.js';

/** What a session shares with the others of its spool. */
export interface SpoolShared {
  readonly dir: string;
  readonly files: SpoolFiles;
  readonly room: SpoolRoom;
  readonly cache: RecordCache;
  readonly segmentBytes: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Keeps damaged bytes for a person to look at. */
  setAside(path: string, offset: number, bytes: Buffer): void;
  /** The session is finished and released; its files are gone. */
  gone(session: SpoolSession): void;
}

/** What an earlier life left of a session. */
export interface LeftBehind {
  readonly segments: readonly SpoolSegment[];
  readonly index: RecordIndex;
  /** All up to this one was released before, as far as can be told. */
  readonly released: number;
}

export interface ReadLimit {
  readonly records: number;
  readonly bytes: number;
}

export class SpoolSession implements StreamSession {
  readonly session: string;
  /** The `session_start` line, without newline: record 0. */
  readonly startLine: Buffer;
  readonly #shared: SpoolShared;
  readonly #start: Buffer;
  readonly #lane: CacheLane;
  readonly #marks = new UnsyncedMarks();
  readonly #index: RecordIndex;
  #segments: SpoolSegment[];
  /** Takes the next record; undefined when a new file has to. */
  #current: SpoolSegment | undefined;
  #last: number;
  #released: number;
  #finished: boolean;
  #loaded: { readonly block: RecordBlock; readonly lines: BlockContent['lines'] } | undefined;
  #syncing: Promise<unknown> = Promise.resolve();

  private constructor(shared: SpoolShared, session: string, startLine: Buffer, left?: LeftBehind) {
    this.session = session;
    this.startLine = startLine;
    this.#shared = shared;
    this.#start = withNewline(startLine);
    this.#lane = shared.cache.lane();
    this.#index = left?.index ?? new RecordIndex();
    this.#segments = [...(left?.segments ?? [])];
    this.#last = this.#index.last ?? 0;
    this.#released = left?.released ?? -1;
    this.#finished = left !== undefined;
    this.#marks.appended(this.#last, shared.clock.monotonic());
  }

  /** Throws StorageError `spool_full` or `buffer_unwritable`, and leaves nothing then. */
  static begin(shared: SpoolShared, session: string, startLine: Uint8Array): SpoolSession {
    const begun = new SpoolSession(shared, session, Buffer.from(startLine));
    try {
      shared.room.check(begun.#start.length);
      begun.#current = begun.#newSegment(1);
      return begun;
    } catch (error) {
      shared.cache.forget(begun.#lane);
      throw error;
    }
  }

  static resume(
    shared: SpoolShared,
    session: string,
    startLine: Buffer,
    left: LeftBehind,
  ): SpoolSession {
    return new SpoolSession(shared, session, startLine, left);
  }

  /** The highest number appended, or left by an earlier life. */
  get last(): number {
    return this.#last;
  }

  /** The lowest number that is still kept; `last + 1` when all is released. */
  get first(): number {
    return this.#released < 0 ? 0 : (this.#nextFrom(this.#released + 1) ?? this.#last + 1);
  }

  /** Bytes of its files. */
  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.size, 0);
  }

  /** True when nothing can be appended any more: after `finish`, or when an earlier life left it. */
  get finished(): boolean {
    return this.#finished;
  }

  /** What damage took, as far as it is not released; lowest first. */
  get holes(): readonly SpoolHole[] {
    return this.#index.holes;
  }

  /** `Clock.monotonic()` when the oldest record that is neither released nor synced was appended; never too late. */
  get oldestUnsyncedAt(): number | undefined {
    return this.#marks.oldestAt;
  }

  /**
   * Appends the record of number `last + 1`, line without newline: it survives any kill from now
   * on. Throws StorageError `spool_full` or `buffer_unwritable` with nothing half written: the
   * number is still free.
   */
  append(line: Uint8Array): void {
    if (this.#finished) {
      throw new StorageError(
        'buffer_unwritable',
        `The session ${this.session} is finished in the spool; nothing can be appended to it.`,
      );
    }
    const seq = this.#last + 1;
    const bytes = withNewline(line);
    const segment = this.#roomFor(bytes.length, seq);
    const offset = segment.append(bytes);
    this.#last = seq;
    this.#index.append(segment, seq, offset, offset + bytes.length);
    this.#lane.push(seq, bytes.subarray(0, -1));
    this.#marks.appended(seq, this.#shared.clock.monotonic());
  }

  /**
   * The records after `after`, at least one if there is any, never across a hole; a hole before
   * them shows by `prev`. Throws StorageError `buffer_unreadable` when the disk does not give back
   * what is not in memory.
   */
  read(after: number, limit: ReadLimit): OutboxBatch | undefined {
    const first = after < 0 && this.#released < 0 ? 0 : this.#nextFrom(after + 1);
    if (first === undefined) return undefined;
    const lines: Buffer[] = [];
    let bytes = 0;
    for (let seq = first; seq <= this.#last; seq++) {
      const line = seq === 0 ? this.startLine : this.#line(seq);
      if (line === undefined) {
        // Damaged, as it turned out while reading: what comes before it is a batch by itself.
        if (lines.length > 0) break;
        return this.read(after, limit);
      }
      if (lines.length > 0 && bytes + line.length > limit.bytes) break;
      lines.push(line);
      bytes += line.length;
      if (lines.length >= limit.records || !this.#has(seq + 1)) break;
    }
    return { prev: this.#before(first, after), first, lines };
  }

  /** Nobody needs the records up to `seq` any more. A number above `last` counts as `last`. */
  release(seq: number): void {
    const upTo = Math.min(seq, this.#last);
    if (upTo <= this.#released) return;
    this.#released = upTo;
    this.#lane.release(upTo);
    this.#marks.settled(upTo);
    this.#index.release(upTo);
    this.#loaded = undefined;
    this.#dropUnneeded();
  }

  /** No more appends; the files go when all is released. */
  finish(): void {
    this.#finished = true;
    this.#dropUnneeded();
  }

  /**
   * Makes durable what was appended before this call and is not released. StorageError
   * `sync_failed`: the records that were in doubt have been written to a fresh file, as far as that
   * was possible; report it and call again later.
   */
  sync(): Promise<void> {
    const synced = this.#syncing.then(() => this.#sync());
    this.#syncing = synced.catch(() => undefined);
    return synced;
  }

  /** Closes the files; they stay. */
  async close(): Promise<void> {
    await this.#syncing;
    for (const segment of this.#segments) segment.close();
    this.#finished = true;
  }

  /** The lowest number kept that is at least `seq`. */
  #nextFrom(seq: number): number | undefined {
    const from = Math.max(seq, this.#released + 1, 1);
    const block = this.#index.find(from);
    return block && Math.max(block.first, from);
  }

  #has(seq: number): boolean {
    return this.#nextFrom(seq) === seq;
  }

  /** The number before `first` that was sent or released: lower only when damage took some between. */
  #before(first: number, after: number): number {
    const hole = this.#index.holes.find(({ from, to }) => from < first && to >= first - 1);
    return hole ? Math.min(first - 1, Math.max(after, hole.from - 1)) : first - 1;
  }

  #line(seq: number): Buffer | undefined {
    const cached = this.#lane.get(seq);
    if (cached !== undefined) return cached;
    const block = this.#index.find(seq);
    if (block === undefined) return undefined;
    if (this.#loaded?.block !== block) this.#loaded = { block, lines: this.#load(block) };
    return this.#loaded.lines[seq - block.first];
  }

  #load(block: RecordBlock): BlockContent['lines'] {
    const content = readBlock(this.session, block);
    if (content.lines.includes(undefined)) this.#giveUpDamaged(block, content);
    return content.lines;
  }

  #giveUpDamaged(block: RecordBlock, content: BlockContent): void {
    const { segment } = block;
    const kept = content.places.flatMap((place, i) => {
      const seq = block.first + i;
      return place ? [{ segment, first: seq, last: seq, ...place }] : [];
    });
    this.#index.replace(block, kept);
    for (const { offset, bytes } of content.damaged) {
      this.#shared.setAside(segment.path, offset, bytes);
    }
    this.#shared.log.error(
      { session: this.session, path: segment.path, holes: this.#index.holes },
      'Damaged records in the spool',
    );
  }

  #roomFor(bytes: number, seq: number): SpoolSegment {
    const { room, segmentBytes } = this.#shared;
    const current = this.#current;
    const fits =
      current?.appendable === true &&
      (current.size === this.#start.length || current.size + bytes <= segmentBytes);
    room.check(fits ? bytes : bytes + this.#start.length);
    if (fits) return current;
    this.#current = this.#newSegment(seq);
    return this.#current;
  }

  /** @param seq the first number that it will take: with it a reader knows what cannot have been in it */
  #newSegment(seq: number): SpoolSegment {
    const { dir, files, room } = this.#shared;
    const number = Math.max(seq, (this.#segments.at(-1)?.number ?? 0) + 1);
    const path = join(dir, spoolFileName(this.session, number));
    const segment = SpoolSegment.create({ path, number, files, room }, this.#start);
    this.#segments.push(segment);
    return segment;
  }

  #dropUnneeded(): void {
    const released = this.#released >= this.#last;
    const gone = released && this.#finished;
    this.#segments = this.#segments.filter((segment) => {
      const needed = segment === this.#current || this.#isOwed(segment) || this.#isBackup(segment);
      if (needed && !gone) return true;
      segment.remove();
      return false;
    });
    if (gone) {
      this.#current = undefined;
      this.#shared.cache.forget(this.#lane);
      this.#shared.gone(this);
    } else if (released) {
      this.#current?.cutBack();
    }
  }

  /** Holds something that is not released; the start line, which every file holds, counts for one. */
  #isOwed(segment: SpoolSegment): boolean {
    return (
      segment.blocks > 0 || (this.#released < 0 && !segment.removed && !this.#isBackup(segment))
    );
  }

  /** Kept only until the copy of it is synced. */
  #isBackup(segment: SpoolSegment): boolean {
    return !segment.removed && this.#segments.some((other) => other.supersedes === segment);
  }

  async #sync(): Promise<void> {
    const upTo = this.#last;
    let failure: { readonly cause: unknown } | undefined;
    for (const segment of [...this.#segments]) {
      if (!segment.unsynced || !this.#isOwed(segment)) continue;
      try {
        await segment.sync();
        this.#proven(segment);
      } catch (cause) {
        failure ??= { cause };
        if (!segment.trusted) this.#rescue(segment);
      }
    }
    if (failure === undefined) {
      this.#marks.settled(upTo);
      return;
    }
    throw new StorageError(
      'sync_failed',
      `The spool in ${this.#shared.dir} could not be synced (${messageOf(failure.cause)}): a power cut could take records that nobody has acknowledged yet. Check the disk.`,
      failure,
    );
  }

  /** The segment is on disk: the one it was copied from is not needed, and if it is full, nor is its descriptor. */
  #proven(segment: SpoolSegment): void {
    segment.supersedes?.remove();
    segment.supersedes = undefined;
    this.#dropUnneeded();
    if (segment !== this.#current) segment.settle();
  }

  /** Writes what is still owed of a file that cannot be trusted into a new one; if that fails too, the next sync tries again. */
  #rescue(segment: SpoolSegment): void {
    if (this.#current === segment) this.#current = undefined;
    if (!this.#isOwed(segment)) return;
    const { log } = this.#shared;
    try {
      const blocks = this.#index.blocksIn(segment);
      const fresh = this.#newSegment(blocks[0]?.first ?? 1);
      for (const block of blocks) this.#copy(block, fresh);
      segment.supersedes?.remove();
      segment.supersedes = undefined;
      fresh.supersedes = segment;
      this.#current ??= fresh;
      log.error({ from: segment.path, to: fresh.path }, 'Spool file moved after a failed sync');
    } catch (error) {
      log.error({ path: segment.path, err: error }, 'Spool file in doubt could not be copied');
    }
  }

  #copy(block: RecordBlock, to: SpoolSegment): void {
    const copies: RecordBlock[] = [];
    for (let seq = Math.max(block.first, this.#released + 1); seq <= block.last; seq++) {
      const line = this.#line(seq);
      if (line === undefined) continue;
      const bytes = withNewline(line);
      const offset = to.append(bytes);
      const end = offset + bytes.length;
      const latest = copies.at(-1);
      const grown = latest && grow(latest, seq, offset, end);
      if (grown) copies[copies.length - 1] = grown;
      else copies.push({ segment: to, first: seq, last: seq, offset, end });
    }
    this.#index.replace(block, copies);
    // What was released of the block is no hole.
    this.#index.release(this.#released);
  }
}

function withNewline(line: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(line.length + 1);
  bytes.set(line);
  bytes[line.length] = 0x0a;
  return bytes;
}
