/**
 * The records of one session on disk, from the moment a writer has them until the store has them
 * for good: one or more segments, each beginning with the `session_start` line so that it can be
 * replayed alone. Hold the run's lock before making one.
 *
 * Appending and syncing are apart, so that one sync serves all that has gathered (group commit).
 * A segment that is full is retired but stays open until a sync has covered it; so `sync()`
 * resolving means that everything appended before the call is durable, in whichever segment.
 */
import { join } from 'node:path';
import type { Log } from '@elmetron/protocol';
import { StorageError } from '../errors.js';
import { AppendFile, messageOf, readRange } from './append-file.js';
import { bufferFileName } from './buffer-file-name.js';
import { nodeFileSystem, type FileSystem } from './file-system.js';
import { removeSegment, type ArchiveSettings } from './removal.js';

export interface SessionBufferOptions {
  /** The captures directory; it must exist. */
  readonly dir: string;
  readonly run: string;
  readonly session: string;
  /** The `session_start` line, without newline. */
  readonly startLine: Uint8Array;
  /** A segment that would grow beyond this is followed by a new one. */
  readonly rotateBytes: number;
  readonly fs?: FileSystem;
  readonly log: Log;
}

/** Where appended lines lie: bytes `start` up to `end` of the segment at `path`. */
export interface BufferRange {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

export interface BufferSegment {
  readonly path: string;
  /** Bytes of whole lines, the start line included. */
  readonly size: number;
  /** True when nothing is appended to it any more and all of it is synced: it may be removed. */
  readonly closed: boolean;
}

export class SessionBuffer {
  readonly session: string;
  readonly #options: SessionBufferOptions;
  readonly #fs: FileSystem;
  readonly #start: Buffer;
  #current: AppendFile | undefined;
  /** Full or given up, not yet synced and closed. */
  #retired: AppendFile[] = [];
  readonly #closed = new Map<string, number>();
  #number = 0;
  #dead: StorageError | undefined;
  #appending: Promise<unknown> = Promise.resolve();
  #syncing: Promise<unknown> = Promise.resolve();

  constructor(options: SessionBufferOptions) {
    this.session = options.session;
    this.#options = options;
    this.#fs = options.fs ?? nodeFileSystem();
    this.#start = Buffer.concat([options.startLine, Buffer.from('\n')]);
  }

  /**
   * Appends whole lines (each ended by a newline), all of them or none: StorageError
   * `buffer_unwritable`. Calls are taken in turn. Not durable until a `sync()` called after it.
   */
  append(lines: Uint8Array): Promise<BufferRange> {
    const appended = this.#appending.then(() => this.#append(lines));
    this.#appending = appended.catch(() => undefined);
    return appended;
  }

  /**
   * All that was appended before this call is durable when it resolves. StorageError `sync_failed`
   * is final: this object takes nothing more, acknowledge nothing more and end the process.
   */
  sync(): Promise<void> {
    const synced = this.#syncing.then(() => this.#sync());
    this.#syncing = synced.catch(() => undefined);
    return synced;
  }

  /** The next append goes to a fresh segment: after a failed append, or to let the present one be removed. */
  async restart(): Promise<void> {
    await this.#appending;
    this.#retire();
  }

  /** The bytes of a range that `append` gave. StorageError `buffer_unreadable`. */
  async read(range: BufferRange): Promise<Buffer> {
    let bytes: Buffer;
    try {
      // By a descriptor of its own: the one that appends may be closed by a sync meanwhile.
      const file = await this.#fs.open(range.path, 'r');
      bytes = await readRange(file, range.start, range.end).finally(() => file.close());
    } catch (error) {
      throw unreadable(range, messageOf(error), error);
    }
    if (bytes.length === range.end - range.start) return bytes;
    throw unreadable(range, 'the file is shorter than what was written to it');
  }

  segments(): readonly BufferSegment[] {
    const open = [...this.#retired, ...(this.#current ? [this.#current] : [])];
    return [
      ...[...this.#closed].map(([path, size]) => ({ path, size, closed: true })),
      ...open.map(({ path, size }) => ({ path, size, closed: false })),
    ];
  }

  /** Archives and removes a closed segment, all of which is in the store and checkpointed. */
  async remove(path: string, archive: ArchiveSettings): Promise<void> {
    if (!this.#closed.has(path)) {
      throw new StorageError('buffer_unwritable', `${path} is still in use and cannot be removed.`);
    }
    await removeSegment(path, { ...archive, fs: this.#fs });
    this.#closed.delete(path);
  }

  /** Syncs what is not yet, closes all files; the segments stay. No append after it. */
  async close(): Promise<void> {
    await this.restart();
    await this.sync();
  }

  async #append(lines: Uint8Array): Promise<BufferRange> {
    if (this.#dead !== undefined) throw this.#dead;
    const before = this.#current;
    const file = await this.#room(lines.length);
    try {
      const start = await file.append(lines);
      return { path: file.path, start, end: start + lines.length };
    } catch (error) {
      if (file !== before) {
        // Made for these lines, it holds nothing that anyone was promised; left where it is, each
        // try on a full disk would add another.
        this.#current = undefined;
        await file.discard();
      }
      throw error;
    }
  }

  async #room(bytes: number): Promise<AppendFile> {
    const current = this.#current;
    if (current !== undefined) {
      const full =
        current.size > this.#start.length && current.size + bytes > this.#options.rotateBytes;
      if (current.appendable && !full) return current;
      this.#retire();
    }
    const { dir, run, session } = this.#options;
    // A number is never used again, not even that of a file that could not be made whole.
    this.#number += 1;
    const path = join(dir, bufferFileName(session, run, this.#number));
    this.#current = await AppendFile.create(path, this.#start, this.#fs);
    return this.#current;
  }

  #retire(): void {
    if (this.#current === undefined) return;
    this.#retired.push(this.#current);
    this.#current = undefined;
  }

  async #sync(): Promise<void> {
    const retired = [...this.#retired];
    const current = this.#current;
    try {
      for (const file of retired) await file.sync();
      await current?.sync();
    } catch (error) {
      if (error instanceof StorageError) this.#dead = error;
      throw error;
    }
    this.#retired = this.#retired.filter((file) => !retired.includes(file));
    for (const file of retired) await this.#close(file);
  }

  async #close(file: AppendFile): Promise<void> {
    this.#closed.set(file.path, file.size);
    try {
      await file.close();
    } catch (error) {
      // All of it is synced; a descriptor that will not close costs nothing but itself.
      this.#options.log.warn({ path: file.path, err: error }, 'Failed to close a buffer segment');
    }
  }
}

function unreadable(range: BufferRange, why: string, cause?: unknown): StorageError {
  return new StorageError(
    'buffer_unreadable',
    `Bytes ${range.start} to ${range.end} of ${range.path} cannot be read back: ${why}. Check the disk.`,
    { cause },
  );
}
