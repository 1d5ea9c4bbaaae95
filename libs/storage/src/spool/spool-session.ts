/**
 * One session in the spool: from the moment that acquisition numbers a record until everyone who is
 * to have it has acknowledged it. Its files come and go with that; its numbers do not depend on
 * them. Lines come from the cache, or behind it from the files.
 */
import type { OutboxBatch, StreamSession } from '@elmetron/protocol';
import { messageOf } from '../buffer/append-file.js';
import { StorageError } from '../errors.js';
import { readBlock, type BlockContent } from './block-reader.js';
import type { CacheLane } from './record-cache.js';
import { RecordIndex, type RecordBlock, type SpoolHole } from './record-index.js';
import { SessionFiles, type Progress } from './session-files.js';
import { SessionSync } from './session-sync.js';
import type { SpoolSegment } from './spool-segment.js';
import type { SpoolShared } from './spool-shared.js';
import { UnsyncedMarks } from './unsynced-marks.js';

/** What an earlier life left of a session. */
export interface LeftBehind {
  readonly segments: readonly SpoolSegment[];
  readonly index: RecordIndex;
  /** All up to this one was released before, as far as can be told. */
  readonly released: number;
  /** The highest `copy` among the names of its files. */
  readonly copies: number;
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
  readonly #progress: Progress;
  readonly #index: RecordIndex;
  readonly #files: SessionFiles;
  readonly #sync: SessionSync;
  readonly #lane: CacheLane;
  readonly #marks = new UnsyncedMarks();
  #loaded: { readonly block: RecordBlock; readonly lines: BlockContent['lines'] } | undefined;
  #syncing: Promise<unknown> = Promise.resolve();

  private constructor(shared: SpoolShared, session: string, startLine: Buffer, left?: LeftBehind) {
    this.session = session;
    this.startLine = startLine;
    this.#shared = shared;
    const index = left?.index ?? new RecordIndex();
    const last = index.last ?? 0;
    const progress = { last, released: left?.released ?? -1, finished: left !== undefined };
    const files = new SessionFiles(shared, session, withNewline(startLine), progress, left);
    const line = (seq: number): Buffer | undefined => {
      const found = this.#line(seq);
      return found && withNewline(found);
    };
    this.#index = index;
    this.#progress = progress;
    this.#files = files;
    this.#sync = new SessionSync({ files, index, progress, line, log: shared.log });
    this.#lane = shared.cache.lane();
    this.#marks.appended(last, shared.clock.monotonic());
  }

  /** Throws StorageError `spool_full` or `buffer_unwritable`, and leaves nothing then. */
  static begin(shared: SpoolShared, session: string, startLine: Uint8Array): SpoolSession {
    shared.room.check(startLine.length + 1);
    const begun = new SpoolSession(shared, session, Buffer.from(startLine));
    try {
      begun.#files.current = begun.#files.create(1);
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
    return this.#progress.last;
  }

  /** The lowest number that is still kept; `last + 1` when all is released. */
  get first(): number {
    return this.#progress.released < 0
      ? 0
      : (this.#nextFrom(this.#progress.released + 1) ?? this.#progress.last + 1);
  }

  /** Bytes of its files. */
  get bytes(): number {
    return this.#files.bytes;
  }

  /** True when nothing can be appended any more: after `finish`, or when an earlier life left it. */
  get finished(): boolean {
    return this.#progress.finished;
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
    if (this.#progress.finished) {
      throw new StorageError(
        'buffer_unwritable',
        `The session ${this.session} is finished in the spool; nothing can be appended to it.`,
      );
    }
    const seq = this.#progress.last + 1;
    const bytes = withNewline(line);
    const segment = this.#files.roomFor(bytes.length, seq);
    const offset = segment.append(bytes);
    segment.last = seq;
    this.#progress.last = seq;
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
    const first = after < 0 && this.#progress.released < 0 ? 0 : this.#nextFrom(after + 1);
    if (first === undefined) return undefined;
    const lines: Buffer[] = [];
    let bytes = 0;
    for (let seq = first; seq <= this.#progress.last; seq++) {
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
    const upTo = Math.min(seq, this.#progress.last);
    if (upTo <= this.#progress.released) return;
    this.#progress.released = upTo;
    this.#lane.release(upTo);
    this.#marks.settled(upTo);
    this.#index.release(upTo);
    this.#loaded = undefined;
    this.#dropUnneeded();
  }

  /** No more appends; the files go when all is released. */
  finish(): void {
    this.#progress.finished = true;
    this.#dropUnneeded();
  }

  /**
   * Makes durable what was appended before this call and is not released. StorageError
   * `sync_failed`: the records that were in doubt have been written to a fresh file, as far as that
   * was possible; report it and call again later.
   */
  sync(): Promise<void> {
    const synced = this.#syncing.then(() => this.#syncFiles());
    this.#syncing = synced.catch(() => undefined);
    return synced;
  }

  /** Closes the files; they stay. */
  async close(): Promise<void> {
    await this.#syncing;
    this.#files.close();
    this.#progress.finished = true;
  }

  async #syncFiles(): Promise<void> {
    const upTo = this.#progress.last;
    const failure = await this.#sync.run();
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

  #dropUnneeded(): void {
    this.#files.dropUnneeded();
    const { finished, released, last } = this.#progress;
    if (!finished || released < last) return;
    this.#shared.cache.forget(this.#lane);
    this.#shared.gone(this.session);
  }

  /** The lowest number kept that is at least `seq`. */
  #nextFrom(seq: number): number | undefined {
    const from = Math.max(seq, this.#progress.released + 1, 1);
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
    // What was released of the block is no hole.
    this.#index.release(this.#progress.released);
    for (const { offset, bytes } of content.damaged) {
      this.#shared.setAside(segment.path, offset, bytes);
    }
    this.#shared.log.error(
      { session: this.session, path: segment.path, holes: this.#index.holes },
      'Damaged records in the spool',
    );
  }
}

function withNewline(line: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(line.length + 1);
  bytes.set(line);
  bytes[line.length] = 0x0a;
  return bytes;
}
