/**
 * The database of real readings and that of emulated ones. Either is made only when the first
 * record comes for it: who never runs an emulated meter never gets a second database.
 */
import { StorageError } from '../errors.js';
import type { Store, Stores } from './store.js';

export interface StoresOptions {
  readonly databasePath: string;
  readonly demoDatabasePath: string;
  readonly open: (path: string) => Promise<Store>;
}

export function openStores(options: StoresOptions): Stores {
  return new LazyStores(options);
}

class LazyStores implements Stores {
  readonly #options: StoresOptions;
  readonly #opened = new Map<string, Promise<Store>>();
  #closed: Promise<void> | undefined;

  constructor(options: StoresOptions) {
    this.#options = options;
  }

  async get(emulated: boolean): Promise<Store> {
    const { databasePath, demoDatabasePath, open } = this.#options;
    const path = emulated ? demoDatabasePath : databasePath;
    if (this.#closed !== undefined) {
      throw new StorageError('store_stopped', `The store of ${path} is closed.`);
    }
    const opened = this.#opened.get(path);
    if (opened !== undefined) return await opened;
    const opening = open(path);
    this.#opened.set(path, opening);
    try {
      return await opening;
    } catch (error) {
      // Whatever kept it from opening may pass: the next call tries again.
      this.#opened.delete(path);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    await this.#closed;
  }

  async #closeAll(): Promise<void> {
    const closed = await Promise.allSettled(
      // One that does not open needs no closing; whoever asked for it has the error.
      [...this.#opened.values()].map((opening) =>
        opening.then(
          (store) => store.close(),
          () => undefined,
        ),
      ),
    );
    const failed = closed.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}
