/**
 * Writes what people say of sessions: durable before it is answered, one after another, and each in a thread of its
 * own, so that a database that somebody holds keeps no reading from the screen.
 */
import { Worker } from 'node:worker_threads';
import type { Said } from '@elmetron/storage';
import type { Added } from '../api/sessions.js';
import { DashboardError } from '../dashboard-error.js';
import type { NoteJob, NoteResult } from './note-thread.js';

export interface NotebookParts {
  /** The thread's file: `noteThreadEntry`, unless the program runs elsewhere. */
  readonly entry: URL;
}

/** As it was built, also for a test that runs the sources: a thread cannot load those. */
export const noteThreadEntry: URL = new URL('../../dist/notes/note-thread.js', import.meta.url);

/** It waits so long for whoever holds the database; then the journal alone has it. */
const BUSY_TIMEOUT_MS = 1_000;
const MOST_WAITING = 20;

export interface Noted extends Added {
  /** The moment that it is about, UTC, ISO 8601. */
  readonly at: string;
}

export class Notebook {
  readonly #entry: URL;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor({ entry }: NotebookParts) {
    this.#entry = entry;
  }

  /** Throws DashboardError `note_not_kept`, `busy`. */
  async write(databasePath: string, said: Said): Promise<Noted> {
    if (this.#waiting >= MOST_WAITING) {
      throw new DashboardError('busy', 'Too many notes wait to be written; try again.');
    }
    this.#waiting += 1;
    const job = { said, databasePath, busyTimeoutMs: BUSY_TIMEOUT_MS };
    const writing = this.#last.then(() => this.#run(job));
    this.#last = writing.catch(() => undefined);
    try {
      const result = await writing;
      if (result.kept) return { at: result.at, stored: result.stored, reason: result.reason };
      throw new DashboardError('note_not_kept', `It was not written: ${result.message}`);
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Resolves when nothing is being written. */
  async close(): Promise<void> {
    await this.#last;
  }

  #run(job: NoteJob): Promise<NoteResult> {
    return new Promise((resolve, reject) => {
      // Its own way to be started: how this process was, a test for example, is not for a thread.
      const worker = new Worker(this.#entry, { workerData: job, name: 'note', execArgv: [] });
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => {
        reject(new Error('the thread of a note has ended without a word'));
      });
    });
  }
}
