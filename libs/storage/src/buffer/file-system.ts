/**
 * The few calls by which the buffer touches the disk, so that a test can put a full, slow or lying
 * disk in their place. The order of these calls is what the promise rests on; nothing else in
 * `buffer/` reaches for `node:fs`.
 */
import { writeSync } from 'node:fs';
import * as fs from 'node:fs/promises';

/** An open file, with the calls of a `FileHandle` of `node:fs/promises`. */
export interface OpenFile {
  /** May write less than asked; whoever calls it loops. */
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{ readonly bytesWritten: number }>;
  read(
    into: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  /** `fsync`: data and all metadata. */
  sync(): Promise<void>;
  /** `fdatasync`: data, and of the metadata what is needed to read it back (the size is). */
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  stat(): Promise<{ readonly size: number }>;
  close(): Promise<void>;
}

export interface FileSystem {
  /** `flags` as `open(2)` in Node's letters: `wx+` creates exclusively, `r` reads, `a+` appends. */
  open(path: string, flags: string): Promise<OpenFile>;
  /** Makes the directory and its parents; resolves to the topmost one it made, if any. */
  makeDirectory(path: string): Promise<string | undefined>;
  readDirectory(path: string): Promise<readonly string[]>;
  stat(path: string): Promise<{ readonly size: number; readonly mtimeMs: number }>;
  /** False for a directory, a link, a pipe, a device: to read one may never end, to cut one may hit another file. */
  isRegularFile(path: string): Promise<boolean>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Makes the names in a directory durable: without it a synced file may have no name after a power cut. */
  syncDirectory(path: string): Promise<void>;
}

/** @param platform as `process.platform`: Windows opens no directory for syncing (NTFS journals names itself). */
export function nodeFileSystem(platform: string = process.platform): FileSystem {
  return {
    open: async (path, flags) => new NodeFile(await fs.open(path, flags)),
    makeDirectory: (path) => fs.mkdir(path, { recursive: true }),
    readDirectory: (path) => fs.readdir(path),
    stat: (path) => fs.stat(path),
    isRegularFile: async (path) => (await fs.lstat(path)).isFile(),
    rename: (from, to) => fs.rename(from, to),
    unlink: (path) => fs.unlink(path),
    syncDirectory: (path) => syncDirectory(path, platform),
  };
}

/** So little is copied into the page cache sooner than a thread of the pool could be woken for it, twice. */
const SMALL_WRITE_BYTES = 4_096;

class NodeFile implements OpenFile {
  readonly #handle: fs.FileHandle;

  constructor(handle: fs.FileHandle) {
    this.#handle = handle;
  }

  async write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{ readonly bytesWritten: number }> {
    if (length > SMALL_WRITE_BYTES) {
      return await this.#handle.write(bytes, offset, length, position);
    }
    return { bytesWritten: writeSync(this.#handle.fd, bytes, offset, length, position) };
  }

  read(
    into: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }> {
    return this.#handle.read(into, offset, length, position);
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length);
  }

  stat(): Promise<{ readonly size: number }> {
    return this.#handle.stat();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function syncDirectory(path: string, platform: string): Promise<void> {
  let directory: fs.FileHandle;
  try {
    directory = await fs.open(path, 'r');
  } catch (error) {
    if (cannotSyncDirectories(error, platform)) return;
    throw error;
  }
  try {
    await directory.sync();
  } catch (error) {
    if (!cannotSyncDirectories(error, platform)) throw error;
  } finally {
    await directory.close();
  }
}

/**
 * True when the system has no such thing as syncing a directory, which is no failure: Windows
 * refuses it, and some network file systems answer EINVAL because they write names through.
 */
export function cannotSyncDirectories(error: unknown, platform: string): boolean {
  const code = errorCode(error);
  if (code === 'EINVAL' || code === 'ENOTSUP') return true;
  return platform === 'win32' && (code === 'EISDIR' || code === 'EPERM' || code === 'EACCES');
}

/** Throws as `stat` does, but for a name that is not there. */
export async function exists(path: string, fs: Pick<FileSystem, 'stat'>): Promise<boolean> {
  try {
    await fs.stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** The system's name of an error (`ENOSPC`), if it has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
