/**
 * A store in a thread of its own, behind the same interface: a database that is locked for seconds
 * then holds up nothing but its own calls.
 */
import { Worker } from 'node:worker_threads';
import type { Log } from '@elmetron/protocol';
import type { Annotation } from '../annotations/annotation.js';
import { StorageError } from '../errors.js';
import { SharedBatches } from './shared-batches.js';
import type {
  CommitBatch,
  CommitResult,
  LegacyBatch,
  SessionHoles,
  SessionState,
  Store,
  StoreEvent,
} from './store.js';
import {
  receiveError,
  type StoreMethod,
  type ThreadData,
  type ThreadMessage,
} from './thread-messages.js';

export interface StoreThreadOptions {
  readonly path: string;
  readonly busyTimeoutMs: number;
  /** The thread's file: `storeThreadEntry`, unless the program is bundled. */
  readonly entry: URL;
  /** Gets the lines that the store logs in its thread. */
  readonly log: Log;
}

export const storeThreadEntry: URL = new URL('./store-thread.js', import.meta.url);

/** Rejects like `openSqliteStore` throws, and with `store_stopped` when the thread itself cannot run. */
export async function openStoreThread(options: StoreThreadOptions): Promise<Store> {
  const store = new StoreThread(options);
  try {
    await store.opened;
    return store;
  } catch (error) {
    await store.ended;
    throw error;
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

type Result<M extends StoreMethod> = Awaited<ReturnType<Store[M]>>;

class StoreThread implements Store {
  readonly opened: Promise<void>;
  /** The thread is gone. */
  readonly ended: Promise<void>;
  readonly #options: StoreThreadOptions;
  readonly #worker: Worker;

  readonly #batches = new SharedBatches();
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #stopped: StorageError | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: StoreThreadOptions) {
    this.#options = options;
    const { path, busyTimeoutMs, entry } = options;
    const workerData: ThreadData = { path, busyTimeoutMs };
    this.#worker = new Worker(entry, { workerData, name: 'store' });
    this.ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    // The opening waits for an answer like any call, under a number that no call gets.
    this.opened = new Promise((resolve, reject) => {
      this.#waiting.set(0, { resolve: () => resolve(), reject });
    });
    this.#worker.on('message', (message: ThreadMessage) => this.#receive(message));
    this.#worker.on('messageerror', (error: Error) =>
      this.#stop('sent what cannot be read', error),
    );
    this.#worker.on('error', (error: Error) => this.#stop('died', error));
    this.#worker.on('exit', () => this.#stop('has ended'));
  }

  async commit(batch: CommitBatch): Promise<CommitResult> {
    // The caller's own bytes are left alone: it needs them to try again.
    const lent = this.#batches.lend(batch);
    try {
      return await this.#call('commit', [lent.batch]);
    } finally {
      lent.giveBack();
    }
  }

  importLegacy(batch: LegacyBatch): Promise<CommitResult> {
    const start = batch.start && new Uint8Array(batch.start);
    const lines = batch.lines.map((line) => new Uint8Array(line));
    const transfer = [...(start === undefined ? [] : [start]), ...lines].map(
      ({ buffer }) => buffer,
    );
    return this.#call('importLegacy', [{ ...batch, start, lines }], transfer);
  }

  recordEvent(event: StoreEvent): Promise<void> {
    return this.#call('recordEvent', [event]);
  }

  annotate(annotations: readonly Annotation[]): Promise<number> {
    return this.#call('annotate', [annotations]);
  }

  reconcileSessions(source: string, listed: readonly string[]): Promise<readonly string[]> {
    return this.#call('reconcileSessions', [source, listed]);
  }

  sessionState(session: string): Promise<SessionState | undefined> {
    return this.#call('sessionState', [session]);
  }

  unexplainedHoles(source: string, listed: readonly string[]): Promise<readonly SessionHoles[]> {
    return this.#call('unexplainedHoles', [source, listed]);
  }

  checkpoint(): Promise<boolean> {
    return this.#call('checkpoint', []);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // A thread that has died was reported to whoever waited for it; there is nothing left to close.
    if (this.#stopped === undefined) await this.#call('close', []);
    await this.ended;
  }

  async #call<M extends StoreMethod>(
    method: M,
    args: Parameters<Store[M]>,
    transfer: ArrayBuffer[] = [],
  ): Promise<Result<M>> {
    if (this.#stopped !== undefined) throw this.#stopped;
    const id = ++this.#lastId;
    const result = new Promise<Result<M>>((resolve, reject) => {
      // The thread answers a call with what its method resolves to.
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
    });
    try {
      this.#worker.postMessage({ id, method, args }, transfer);
    } catch (error) {
      this.#waiting.delete(id);
      throw error;
    }
    return await result;
  }

  #receive(message: ThreadMessage): void {
    switch (message.kind) {
      case 'opened':
        this.#settle(0)?.resolve(undefined);
        break;
      case 'not_opened':
        this.#settle(0)?.reject(receiveError(message.error));
        break;
      case 'done':
        this.#settle(message.id)?.resolve(message.result);
        break;
      case 'failed':
        this.#settle(message.id)?.reject(receiveError(message.error));
        break;
      case 'log':
        this.#options.log[message.level](message.fields, message.message);
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #stop(what: string, cause?: Error): void {
    const because = cause === undefined ? '' : ` (${cause.message})`;
    this.#stopped ??= new StorageError(
      'store_stopped',
      `The thread of the database ${this.#options.path} ${what}${because}; start the program again.`,
      { cause },
    );
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(this.#stopped);
  }
}
