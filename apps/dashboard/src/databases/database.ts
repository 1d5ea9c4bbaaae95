/**
 * One database, read in threads of its own: one for small questions, one for what takes seconds (curves, statistics,
 * exports). There may be none yet.
 */
import { stat } from 'node:fs/promises';
import { StorageError, type LoggedReading, type ReadingRange } from '@elmetron/storage';
import { QuestionQueue, type Asker } from './question-queue.js';
import type { DatabaseReader, OpenReader } from './reader.js';

export type Size = 'small' | 'large';

export interface Place {
  readonly path: string;
  /** Of emulated meters. */
  readonly emulated: boolean;
}

export class Database implements Place {
  readonly path: string;
  readonly emulated: boolean;
  readonly #readers: Readonly<Record<Size, DatabaseReader>>;
  readonly #isThere: (path: string) => Promise<boolean>;
  readonly #queues = { small: new QuestionQueue(), large: new QuestionQueue() };

  /** @param isThere whether there is a file at a path */
  constructor({ path, emulated }: Place, open: OpenReader, isThere = fileIsThere) {
    this.#isThere = isThere;
    this.path = path;
    this.emulated = emulated;
    this.#readers = { small: open(path), large: open(path) };
  }

  /** undefined: there is no such database. Rejects with StorageError, DashboardError `busy`, `gone`. */
  async ask<T>(
    size: Size,
    question: (reader: DatabaseReader) => Promise<T>,
    asker?: Asker,
  ): Promise<T | undefined> {
    // A thread takes ten megabytes, also to say that there is nothing.
    if (!(await this.#isThere(this.path))) return undefined;
    try {
      return await this.#queues[size].ask(() => this.#ask(size, question), asker);
    } catch (error) {
      if (hasCode(error, 'store_missing')) return undefined;
      throw error;
    }
  }

  /** Page by page, between the questions of others. Rejects with StorageError. */
  readings(session: string, range: ReadingRange): AsyncGenerator<readonly LoggedReading[]> {
    return this.#readers.large.readings(session, range);
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

async function fileIsThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    // Whatever else is in the way, the reader says it in words.
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}
