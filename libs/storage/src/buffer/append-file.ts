/**
 * The one place that appends to a buffer file; whether an acknowledged record survives a power cut
 * is decided here. The order, and why:
 *
 * 1. Create with O_EXCL: a file that exists is another run's or another segment's, never ours.
 * 2. Write the first line. A failure removes the file again: it holds nothing anyone was promised.
 * 3. The first `sync()` is fsync on the file, then fsync on its directory: without the second the
 *    data would be on disk with no name to find it by. Only then may anything in it be acknowledged.
 * 4. Every later `sync()` is fdatasync. It leaves out times, but not the size: POSIX has it flush
 *    whatever metadata is needed to read the data back, so a grown file is whole after it.
 * 5. An append that fails or falls short is cut back to where it began, a line's end: the next line
 *    must not be glued to half a line. When even that fails the file takes nothing more, and its
 *    torn end stays at its end, where a reader knows it for what it is.
 * 6. A sync that fails is final. The kernel marks the failed pages clean, so a second sync would
 *    return ok without having written them.
 */
import { dirname } from 'node:path';
import { StorageError } from '../errors.js';
import { errorCode, nodeFileSystem, type FileSystem, type OpenFile } from './file-system.js';

export class AppendFile {
  readonly path: string;
  readonly #fs: FileSystem;
  readonly #file: OpenFile;
  #size = 0;
  #named = false;
  /** Bytes were written since the last sync began. */
  #unsynced = true;
  #torn = false;
  #dead: StorageError | undefined;

  private constructor(path: string, fs: FileSystem, file: OpenFile) {
    this.path = path;
    this.#fs = fs;
    this.#file = file;
  }

  /**
   * Makes the file with its first line(s), not yet synced. Throws StorageError `buffer_unwritable`,
   * and leaves no file then.
   */
  static async create(
    path: string,
    first: Uint8Array,
    fs: FileSystem = nodeFileSystem(),
  ): Promise<AppendFile> {
    let file: OpenFile;
    try {
      file = await fs.open(path, 'wx+');
    } catch (error) {
      throw unwritable(path, 'cannot be created', error);
    }
    const created = new AppendFile(path, fs, file);
    try {
      await created.append(first);
      return created;
    } catch (error) {
      await created.discard();
      throw error;
    }
  }

  /** Bytes of whole lines in the file. */
  get size(): number {
    return this.#size;
  }

  /** False after a failure that left a torn end or an unknown state; a fresh file is needed then. */
  get appendable(): boolean {
    return !this.#torn && this.#dead === undefined;
  }

  /**
   * Appends whole lines, all of them or (StorageError `buffer_unwritable`) none. One at a time.
   * Resolves to the position where they begin.
   */
  async append(lines: Uint8Array): Promise<number> {
    if (this.#dead !== undefined) throw this.#dead;
    if (this.#torn) {
      throw unwritable(this.path, 'ends in half a line that could not be cut off');
    }
    const start = this.#size;
    this.#unsynced = true;
    try {
      await writeWhole(this.#file, lines, start);
    } catch (error) {
      await this.#cutBack(start);
      throw unwritable(this.path, 'cannot be appended to', error);
    }
    this.#size = start + lines.length;
    return start;
  }

  /**
   * Everything appended before this call is durable when it resolves. One at a time. Throws
   * StorageError `sync_failed`, and from then on always.
   */
  async sync(): Promise<void> {
    if (this.#dead !== undefined) throw this.#dead;
    if (!this.#unsynced) return;
    // Before the call: what is appended while it runs may or may not be in it.
    this.#unsynced = false;
    try {
      if (this.#named) {
        await this.#file.datasync();
      } else {
        await this.#file.sync();
        await this.#fs.syncDirectory(dirname(this.path));
        this.#named = true;
      }
    } catch (error) {
      this.#dead = new StorageError(
        'sync_failed',
        `${this.path} could not be synced (${messageOf(error)}): what of it is on disk is unknown. Check the disk; a restart reads what is really there.`,
        { cause: error },
      );
      throw this.#dead;
    }
  }

  /** Closes and removes a file in which nothing was ever acknowledged. Never rejects. */
  async discard(): Promise<void> {
    this.#torn = true;
    await this.#file.close().catch(() => undefined);
    await this.#fs.unlink(this.path).catch(() => undefined);
  }

  /** Does not sync. */
  async close(): Promise<void> {
    this.#torn = true;
    await this.#file.close();
  }

  async #cutBack(length: number): Promise<void> {
    try {
      await this.#file.truncate(length);
    } catch {
      this.#torn = true;
    }
  }
}

/** `write(2)` may take only a part (a disk that fills up, a signal): go on until all is taken or it says why not. */
export async function writeWhole(
  file: OpenFile,
  bytes: Uint8Array,
  position: number | null,
): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const at = position === null ? null : position + done;
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at);
    if (bytesWritten === 0) throw new Error(`only ${done} of ${bytes.length} bytes were taken`);
    done += bytesWritten;
  }
}

/** Bytes from `start` up to `end`; fewer when the file is shorter. */
export async function readRange(file: OpenFile, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(0, end - start));
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

export function unwritable(path: string, what: string, cause?: unknown): StorageError {
  const why = cause === undefined ? '' : ` (${messageOf(cause)})`;
  return new StorageError(
    'buffer_unwritable',
    `${path} ${what}${why}. ${wayOut(cause) ?? 'Check the room and the permissions there.'}`,
    { cause },
  );
}

/** What a person can do about a system's error, where its code says more than that something is wrong with the disk. */
export function wayOut(cause: unknown): string | undefined {
  switch (errorCode(cause)) {
    case 'EMFILE':
      return 'Allow the process more open files (ulimit -n, or LimitNOFILE= of its service).';
    case 'ENFILE':
      return 'The whole machine has too many files open: close programs, or raise fs.file-max.';
    case 'EROFS':
      return 'The file system is read-only: check the disk, then mount it writable.';
    default:
      return undefined;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
