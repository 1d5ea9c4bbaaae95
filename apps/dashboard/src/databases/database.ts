/**
 * One database, read in threads of its own: one for small questions, one for what takes seconds (curves, statistics,
 * exports). There may be none yet.
 */
import { StorageError } from '@elmetron/storage';
import { DashboardError } from '../dashboard-error.js';
import type { DatabaseReader, OpenReader } from './reader.js';

export type Size = 'small' | 'large';

export interface Place {
  readonly path: string;
  /** Of emulated meters. */
  readonly emulated: boolean;
}

/** Questions that may wait for one database. */
const MOST_WAITING = 100;

export class Database implements Place {
  readonly path: string;
  readonly emulated: boolean;
  readonly #readers: Readonly<Record<Size, DatabaseReader>>;
  #waiting = 0;

  constructor({ path, emulated }: Place, open: OpenReader) {
    this.path = path;
    this.emulated = emulated;
    this.#readers = { small: open(path), large: open(path) };
  }

  /** undefined: there is no such database. Rejects with StorageError, DashboardError `busy`. */
  async ask<T>(
    size: Size,
    question: (reader: DatabaseReader) => Promise<T>,
  ): Promise<T | undefined> {
    if (this.#waiting >= MOST_WAITING) {
      throw new DashboardError('busy', 'Too many questions wait for the database; ask again.');
    }
    this.#waiting += 1;
    try {
      return await this.#ask(size, question);
    } catch (error) {
      if (hasCode(error, 'store_missing')) return undefined;
      throw error;
    } finally {
      this.#waiting -= 1;
    }
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#readers).map((reader) => reader.close()));
  }

  /** A thread that died with this question or another one is there again with the next. */
  async #ask<T>(size: Size, question: (reader: DatabaseReader) => Promise<T>): Promise<T> {
    const reader = this.#readers[size];
    try {
      return await question(reader);
    } catch (error) {
      if (!hasCode(error, 'store_stopped')) throw error;
      return question(reader);
    }
  }
}

function hasCode(error: unknown, code: StorageError['code']): boolean {
  return error instanceof StorageError && error.code === code;
}
