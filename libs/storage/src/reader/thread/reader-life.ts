/** One life of the thread that reads a database: from its start to its end, expected or not. */
import { Worker } from 'node:worker_threads';
import { StorageError } from '../../errors.js';
import { receiveError } from '../../store/thread-messages.js';
import type { ReaderAnswer, ReaderMethod, ReaderThreadData } from './reader-messages.js';
import { StopSign } from './stop-sign.js';

/** For a statement that does not come to its end, beside the time that it may wait for a lock. */
const PATIENCE_MS = 2_000;

export interface ReaderLifeOptions extends Omit<ReaderThreadData, 'stop'> {
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
  /** Also for a thread that is at work and takes no message. */
  readonly #stop = new StopSign();
  #lastId = 0;
  #stopped: StorageError | undefined;

  constructor(options: ReaderLifeOptions) {
    this.#options = options;
    const { path, busyTimeoutMs, entry, memoryMb } = options;
    const workerData: ReaderThreadData = { path, busyTimeoutMs, stop: this.#stop.shared };
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

  /** Rejects what is asked; resolves when the thread is gone, or it is past all patience. */
  async end(): Promise<void> {
    this.#reject(
      new StorageError('store_stopped', `The reader of ${this.#options.path} is closed.`),
    );
    this.#stop.set();
    this.#worker.postMessage({ id: 0, method: 'close', args: [] });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#options.busyTimeoutMs + PATIENCE_MS);
    });
    await Promise.race([this.#ended, patience]);
    clearTimeout(timer);
    // Not before: a statement that fails in a thread on its way out ends the process, and one may wait for a lock.
    void this.#worker.terminate();
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
    this.#reject(error);
    void this.#worker.terminate();
    this.#options.onDeath(error);
  }

  #reject(error: StorageError): void {
    this.#stopped ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#stopped);
    this.#waiting.clear();
  }
}
