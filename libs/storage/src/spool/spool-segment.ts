/**
 * One file of the spool. The order of its calls, and why:
 *
 * - One `write` a record, its newline included: a kill comes before it or after it, and after it
 *   the bytes are the kernel's. What a failed or short write left is cut off again before anything
 *   follows; when even that fails, the file takes nothing more.
 * - The first sync is fsync and the directory's fsync (a file without a name is lost), later ones
 *   fdatasync, which includes the size.
 * - After a failed sync the file is not trusted again: the kernel has marked the failed pages
 *   clean, and the next sync would return ok. Its records have to be written elsewhere.
 * - A descriptor is never closed while a sync runs on it: its number could be another file's by
 *   the time the sync starts.
 * - Cutting and unlinking are not synced: what comes back after a power cut was acknowledged, is
 *   sent again and known by its key. So records that are acknowledged in time never reach the disk.
 */
import { dirname } from 'node:path';
import { StorageError } from '../errors.js';
import { messageOf } from '../buffer/append-file.js';
import { writeFailure, type SpoolFiles } from './spool-files.js';
import type { SpoolRoom } from './spool-room.js';

export interface SegmentPlace {
  readonly path: string;
  readonly files: SpoolFiles;
  readonly room: SpoolRoom;
}

export class SpoolSegment {
  readonly path: string;
  /** Bytes of the start line with its newline: what cutting back leaves. */
  readonly startBytes: number;
  /** The highest number it ever took. */
  last = 0;
  /** How many blocks of the index lie in it; at 0 nobody needs it. */
  blocks = 0;
  /** The file whose records this one holds a copy of, kept until this one is synced. */
  supersedes: SpoolSegment | undefined;
  readonly #files: SpoolFiles;
  readonly #room: SpoolRoom;
  #fd: number | undefined;
  #size: number;
  #unsynced = true;
  #named = false;
  #trusted = true;
  #torn = false;
  #removed = false;
  #syncing = false;

  private constructor(place: SegmentPlace, size: number, startBytes: number) {
    this.path = place.path;
    this.startBytes = startBytes;
    this.#files = place.files;
    this.#room = place.room;
    this.#size = size;
    place.room.take(size);
  }

  /** Makes the file with its start line. Throws StorageError `spool_full` or `buffer_unwritable`, and leaves no file then. */
  static create(place: SegmentPlace, start: Uint8Array): SpoolSegment {
    const segment = new SpoolSegment(place, 0, start.length);
    try {
      segment.#fd = place.files.open(place.path, 'wx+');
    } catch (error) {
      throw writeFailure(place.path, error);
    }
    try {
      segment.append(start);
      return segment;
    } catch (error) {
      segment.remove();
      segment.erase();
      throw error;
    }
  }

  /** A file that an earlier life left; whether it was synced is unknown. */
  static found(place: SegmentPlace, size: number, startBytes: number): SpoolSegment {
    return new SpoolSegment(place, size, startBytes);
  }

  /** Bytes of whole lines. */
  get size(): number {
    return this.#size;
  }

  get appendable(): boolean {
    return this.#fd !== undefined && this.#trusted && !this.#torn && !this.#removed;
  }

  /** Holds bytes that a power cut may take. */
  get unsynced(): boolean {
    return this.#unsynced && !this.#removed;
  }

  get trusted(): boolean {
    return this.#trusted;
  }

  /** A sync runs: the file must not be closed. */
  get syncing(): boolean {
    return this.#syncing;
  }

  get removed(): boolean {
    return this.#removed;
  }

  /** Appends whole lines; the position where they begin. Throws `spool_full` or `buffer_unwritable` with nothing half written. */
  append(lines: Uint8Array): number {
    const fd = this.#fd;
    const start = this.#size;
    if (fd === undefined) throw writeFailure(this.path, new Error('it is closed'));
    this.#unsynced = true;
    try {
      let done = 0;
      while (done < lines.length) {
        const taken = this.#files.write(fd, lines, done, lines.length - done, start + done);
        if (taken === 0) throw new Error(`only ${done} of ${lines.length} bytes were taken`);
        done += taken;
      }
    } catch (error) {
      this.#truncate(fd, start);
      throw writeFailure(this.path, error);
    }
    this.#resize(start + lines.length);
    return start;
  }

  /** Cuts off all but the start line; when the file cannot be cut, its bytes stay for now. */
  cutBack(): void {
    if (this.#fd === undefined || this.#size === this.startBytes || this.startBytes === 0) return;
    if (this.#truncate(this.#fd, this.startBytes)) this.#resize(this.startBytes);
  }

  /** Throws StorageError `buffer_unreadable`. */
  read(offset: number, end: number): Buffer {
    const bytes = Buffer.allocUnsafe(end - offset);
    try {
      const fd = this.#fd ?? this.#files.open(this.path, 'r+');
      try {
        let done = 0;
        while (done < bytes.length) {
          const got = this.#files.read(fd, bytes, done, bytes.length - done, offset + done);
          if (got === 0) break;
          done += got;
        }
        return bytes.subarray(0, done);
      } finally {
        if (fd !== this.#fd) this.#files.close(fd);
      }
    } catch (error) {
      throw new StorageError(
        'buffer_unreadable',
        `${this.path} cannot be read (${messageOf(error)}). Check the disk.`,
        { cause: error },
      );
    }
  }

  /** What was appended before this call is durable when it resolves; rejects with the system's error, and the file is not trusted from then on. */
  async sync(): Promise<void> {
    if (!this.#trusted) throw new Error(`a sync of ${this.path} failed before`);
    this.#fd ??= this.#files.open(this.path, 'r+');
    this.#unsynced = false;
    this.#syncing = true;
    try {
      if (this.#named) {
        await this.#files.datasync(this.#fd);
      } else {
        await this.#files.sync(this.#fd);
        await this.#files.syncDirectory(dirname(this.path));
        this.#named = true;
      }
    } catch (error) {
      this.#trusted = false;
      this.#unsynced = true;
      throw error;
    } finally {
      this.#syncing = false;
    }
  }

  /** Closes the file if all of it is synced; it can still be read. */
  settle(): void {
    if (!this.#unsynced && !this.#syncing) this.close();
  }

  close(): void {
    if (this.#fd === undefined) return;
    const fd = this.#fd;
    this.#fd = undefined;
    this.#files.close(fd);
  }

  /** Nobody needs it any more: its room is free. `erase` has to follow, once no sync runs on it. */
  remove(): void {
    this.#removed = true;
    this.#resize(0);
  }

  erase(): void {
    this.close();
    try {
      this.#files.unlink(this.path);
    } catch {
      // It comes back at the next start, is sent again and known by its keys: no harm but the room.
    }
  }

  #truncate(fd: number, length: number): boolean {
    try {
      this.#files.truncate(fd, length);
      return true;
    } catch {
      this.#torn = true;
      return false;
    }
  }

  #resize(size: number): void {
    this.#room.give(this.#size);
    this.#size = size;
    this.#room.take(size);
  }
}
