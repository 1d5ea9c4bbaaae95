/**
 * A reader of whatever database lies under a path at the moment. It may not be there yet; and a recovery may move
 * a damaged one aside and put another in its place, while a reader would go on in the old one for ever.
 */
import { statSync } from 'node:fs';
import { StorageError } from '../../errors.js';
import { StoreReader } from '../store-reader.js';

export interface CurrentReaderOptions {
  readonly path: string;
  readonly busyTimeoutMs: number;
  /** As of `StoreReader.open`. */
  readonly isStopped?: () => boolean;
  /** ms of a clock that never goes back. */
  readonly now: () => number;
}

/** So long another database under the same name may stay unnoticed. */
const LOOK_EVERY_MS = 1_000;

interface Opened {
  readonly reader: StoreReader;
  readonly file: string;
  lookedAt: number;
}

export class CurrentReader {
  readonly #options: CurrentReaderOptions;
  #opened: Opened | undefined;

  constructor(options: CurrentReaderOptions) {
    this.#options = options;
  }

  /** Throws what `StoreReader.open` throws, and what `work` throws. */
  use<T>(work: (reader: StoreReader) => T): T {
    const { reader } = this.#current();
    try {
      return work(reader);
    } catch (error) {
      // Whatever is wrong with it may be over with the next one; only a lock says nothing of the file.
      if (!(error instanceof StorageError && error.code === 'store_locked')) this.close();
      throw error;
    }
  }

  close(): void {
    this.#opened?.reader.close();
    this.#opened = undefined;
  }

  #current(): Opened {
    const now = this.#options.now();
    if (this.#opened !== undefined && now - this.#opened.lookedAt >= LOOK_EVERY_MS) {
      this.#opened.lookedAt = now;
      if (fileAt(this.#options.path) !== this.#opened.file) this.close();
    }
    return (this.#opened ??= this.#open());
  }

  #open(): Opened {
    const { path, busyTimeoutMs, isStopped, now } = this.#options;
    // Before it is opened: when another takes its place in between, the next look takes that one for new.
    const file = fileAt(path);
    return { reader: StoreReader.open(path, busyTimeoutMs, isStopped), file, lookedAt: now() };
  }
}

/** The file itself, whatever its name; an empty text when there is none. */
function fileAt(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.dev} ${stats.ino}`;
}
