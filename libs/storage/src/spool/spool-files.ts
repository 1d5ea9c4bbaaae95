/**
 * The calls by which the spool touches the disk, and the names of its files. Appending is
 * synchronous: a record is in the kernel's hands, safe from any kill, before it gets its number and
 * is sent, and at a few microseconds a write there is nothing to gain by waiting elsewhere. Only
 * syncing, which waits for the disk, is not.
 */
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { StorageError } from '../errors.js';
import { messageOf, wayOut } from '../buffer/append-file.js';
import { errorCode, nodeFileSystem } from '../buffer/file-system.js';

export interface SpoolFiles {
  /** `wx+` creates exclusively, `r+` opens what is there. */
  open(path: string, flags: 'wx+' | 'r+'): number;
  /** May write less than asked. */
  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  read(fd: number, into: Uint8Array, offset: number, length: number, position: number): number;
  truncate(fd: number, length: number): void;
  close(fd: number): void;
  unlink(path: string): void;
  sync(fd: number): Promise<void>;
  datasync(fd: number): Promise<void>;
  syncDirectory(path: string): Promise<void>;
}

export const nodeSpoolFiles: SpoolFiles = {
  open: (path, flags) => fs.openSync(path, flags),
  write: (fd, bytes, offset, length, position) => fs.writeSync(fd, bytes, offset, length, position),
  read: (fd, into, offset, length, position) => fs.readSync(fd, into, offset, length, position),
  truncate: (fd, length) => fs.ftruncateSync(fd, length),
  close: (fd) => fs.closeSync(fd),
  unlink: (path) => fs.unlinkSync(path),
  sync: promisify(fs.fsync),
  datasync: promisify(fs.fdatasync),
  syncDirectory: (path) => nodeFileSystem().syncDirectory(path),
};

/** A file's segment as its name tells it. */
export interface SpoolFileName {
  readonly session: string;
  /** No record in the file has a lower number: so a reader knows what cannot have been in it. */
  readonly first: number;
  /** Tells files of the same `first` apart, later ones by a higher number; 0 for most. */
  readonly copy: number;
}

export function spoolFileName(session: string, first: number, copy = 0): string {
  const segment = String(first).padStart(6, '0') + (copy === 0 ? '' : `-${copy}`);
  return `session_${session}_${segment}_spool.jsonl`;
}

const PATTERN = /^session_([0-9A-Za-z][0-9A-Za-z.:+-]*)_(\d{6,})(?:-(\d+))?_spool\.jsonl$/;

export function parseSpoolFileName(name: string): SpoolFileName | undefined {
  const match = PATTERN.exec(name);
  if (match?.[1] === undefined) return undefined;
  return { session: match[1], first: Number(match[2]), copy: Number(match[3] ?? 0) };
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What a failed write means to the caller: no room (comes back when something is released or freed), or no use. */
export function writeFailure(path: string, cause: unknown): StorageError {
  return FULL.has(errorCode(cause) ?? '')
    ? new StorageError(
        'spool_full',
        `There is no room for ${path} (${messageOf(cause)}). Free some on that disk.`,
        { cause },
      )
    : new StorageError(
        'buffer_unwritable',
        `${path} cannot be written (${messageOf(cause)}). ${wayOut(cause) ?? 'Check the permissions and the disk there.'}`,
        { cause },
      );
}
