/**
 * Writes what people say of sessions: durable before it is answered, one after another, and each in a thread of its
 * own, so that a database that somebody holds keeps no reading from the screen. What stayed behind in the journal is
 * brought into the database as soon as nobody holds it any more.
 */
import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Log } from '@elmetron/protocol';
import { NotesJournal, type Said } from '@elmetron/storage';
import type { Added } from '../api/sessions.js';
import { DashboardError } from '../dashboard-error.js';
import type { NoteJob, NoteResult } from './note-thread.js';

export interface NotebookParts {
  /** The thread's file: `noteThreadEntry`, unless the program runs elsewhere. */
  readonly entry: URL;
  readonly log: Log;
  /** After so long what stayed behind is tried first, then less often; 5000. */
  readonly retryMs?: number;
}

/** As it was built, also for a test that runs the sources: a thread cannot load those. */
export const noteThreadEntry: URL = new URL('../../dist/notes/note-thread.js', import.meta.url);

/** It waits so long for whoever holds the database; then the journal alone has it. */
const BUSY_TIMEOUT_MS = 1_000;
const MOST_WAITING = 20;
const RETRY_MS = 5_000;
const MOST_RETRY_MS = 60_000;

export interface Noted extends Added {
  /** The moment that it is about, UTC, ISO 8601. */
  readonly at: string;
}

export class Notebook {
  readonly #parts: NotebookParts;
  /** By database in which something is missing, when it is tried again. */
  readonly #behind = new Map<string, NodeJS.Timeout>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  constructor(parts: NotebookParts) {
    this.#parts = parts;
  }

  /** What an earlier life of this process, or another program, may have left behind is looked after. */
  async start(databasePaths: readonly string[]): Promise<void> {
    for (const path of databasePaths) {
      const journal = await stat(new NotesJournal(path).path).catch(() => undefined);
      if (journal !== undefined && journal.size > 0) this.#tryAgain(path, this.#retryMs);
    }
  }

  /** Throws DashboardError `note_not_kept`, `busy`. */
  async write(databasePath: string, said: Said): Promise<Noted> {
    if (this.#waiting >= MOST_WAITING) {
      throw new DashboardError('busy', 'Too many notes wait to be written; try again.');
    }
    this.#waiting += 1;
    try {
      // Where one has waited in vain the next does not wait: its place is the journal.
      const busyTimeoutMs = this.#behind.has(databasePath) ? 0 : BUSY_TIMEOUT_MS;
      const result = await this.#inTurn({ said, databasePath, busyTimeoutMs });
      if (!result.kept) {
        throw new DashboardError('note_not_kept', `It was not written: ${result.message}`);
      }
      const { at, stored, reason } = result;
      if (stored) this.#settled(databasePath);
      else if (!this.#behind.has(databasePath)) this.#tryAgain(databasePath, this.#retryMs);
      return { at: at ?? new Date(0).toISOString(), stored, reason };
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Resolves when nothing is being written. What is behind waits for the next start, of whatever program. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const path of [...this.#behind.keys()]) this.#settled(path);
    await this.#last;
  }

  get #retryMs(): number {
    return this.#parts.retryMs ?? RETRY_MS;
  }

  #settled(path: string): void {
    clearTimeout(this.#behind.get(path));
    this.#behind.delete(path);
  }

  #tryAgain(path: string, afterMs: number): void {
    if (this.#closed) return;
    const timer = setTimeout(() => {
      void this.#bring(path, afterMs);
    }, afterMs);
    this.#behind.set(path, timer);
  }

  /** Never rejects. */
  async #bring(databasePath: string, afterMs: number): Promise<void> {
    const job = { said: null, databasePath, busyTimeoutMs: BUSY_TIMEOUT_MS };
    const result = await this.#inTurn(job).catch((error: unknown): NoteResult => {
      this.#parts.log.error({ err: error, path: databasePath }, 'Notes cannot be brought along');
      return { kept: false, message: String(error) };
    });
    this.#settled(databasePath);
    if (!result.kept || !result.stored)
      this.#tryAgain(databasePath, Math.min(2 * afterMs, MOST_RETRY_MS));
  }

  #inTurn(job: NoteJob): Promise<NoteResult> {
    const writing = this.#last.then(() => this.#run(job));
    this.#last = writing.catch(() => undefined);
    return writing;
  }

  #run(job: NoteJob): Promise<NoteResult> {
    return new Promise((resolve, reject) => {
      // Its own way to be started: how this process was, a test for example, is not for a thread.
      const worker = new Worker(this.#parts.entry, { workerData: job, name: 'note', execArgv: [] });
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => {
        reject(new Error('the thread of a note has ended without a word'));
      });
    });
  }
}
