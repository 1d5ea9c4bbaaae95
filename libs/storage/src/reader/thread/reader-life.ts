/** One life of the thread that reads a database: from its start to its end, expected or not. */
import { Worker } from 'node:worker_threads';
import { StorageError } from '../../errors.js';
import { receiveError } from '../../store/thread-messages.js';
import type { ReaderAnswer, ReaderMethod, ReaderThreadData } from './reader-messages.js';

export interface ReaderLifeOptions extends ReaderThreadData {
  readonly entry: URL;
  readonly memoryMb: number;
  /** It has ended although nobody told it to. */
  readonly onDeath: (error: StorageError) => void;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class ReaderLife {
  readonly #options: ReaderLifeOptions;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #stopped: StorageError | undefined;

  constructor(options: ReaderLifeOptions) {
    this.#options = options;
    const { path, busyTimeoutMs, entry, memoryMb } = options;
    const workerData: ReaderThreadData = { path, busyTimeoutMs };
    this.#worker = new Worker(entry, {
      workerData,
      name: 'reader',
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    this.#ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.on('message', (answer: ReaderAnswer) => this.#receive(answer));
    this.#worker.on('messageerror', (error: Error) => this.#die('sent what cannot be read', error));
    this.#worker.on('error', (error: Error) => this.#die('died', error));
    this.#worker.on('exit', () => this.#die('has ended'));
  }

  async call(method: ReaderMethod, args: readonly unknown[]): Promise<unknown> {
    if (this.#stopped !== undefined) throw this.#stopped;
    const id = ++this.#lastId;
    const result = new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    try {
      this.#worker.postMessage({ id, method, args });
    } catch (error) {
      this.#waiting.delete(id);
      throw error;
    }
    return await result;
  }

  /** Rejects what is asked; resolves when the thread is gone, or after `patienceMs` although it is not. */
  async end(patienceMs: number): Promise<void> {
    this.#stop(new StorageError('store_stopped', `The reader of ${this.#options.path} is closed.`));
    // Between two readings of a curve it ends at once; another statement of SQLite comes to its end first.
    void this.#worker.terminate();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([this.#ended, patience]);
    clearTimeout(timer);
    this.#worker.unref();
  }

  #receive(answer: ReaderAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error === undefined) waiting?.resolve(answer.result);
    else waiting?.reject(receiveError(answer.error));
  }

  #die(what: string, cause?: Error): void {
    if (this.#stopped !== undefined) return;
    const because = cause === undefined ? '' : ` (${cause.message})`;
    const error = new StorageError(
      'store_stopped',
      `The thread that reads the database ${this.#options.path} ${what}${because}; ask again, that starts a new one.`,
      { cause },
    );
    this.#stop(error);
    void this.#worker.terminate();
    this.#options.onDeath(error);
  }

  #stop(error: StorageError): void {
    this.#stopped ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#stopped);
    this.#waiting.clear();
  }
}
