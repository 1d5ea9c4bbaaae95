/**
 * The bytes that the spool may use, over all its files: claimed before they are written, so that a
 * full spool refuses a record before it has a number.
 */
import { StorageError } from '../errors.js';

export class SpoolRoom {
  readonly max: number;
  #used = 0;

  constructor(max: number) {
    this.max = max;
  }

  get used(): number {
    return this.#used;
  }

  /** Throws StorageError `spool_full`. */
  check(bytes: number): void {
    if (this.#used + bytes <= this.max) return;
    throw new StorageError(
      'spool_full',
      `The spool holds ${this.#used} of ${this.max} bytes that nobody has acknowledged; ${bytes} more do not fit. Start the writer, or raise acquisition.spool_max_bytes.`,
    );
  }

  take(bytes: number): void {
    this.#used += bytes;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}
