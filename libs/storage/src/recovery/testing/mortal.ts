/**
 * Lets a recovery die at any one of its steps: each call to disk or store is one, and so is its
 * return. From the chosen step on every further call fails too, as it does for a dead process.
 */
import type { DiskModel } from '../../buffer/testing/disk-model.js';
import type { Store, Stores } from '../../store/store.js';

export class Mortal {
  readonly #dieAt: number;
  #steps = 0;

  constructor(dieAt: number) {
    this.#dieAt = dieAt;
  }

  get died(): boolean {
    return this.#steps > this.#dieAt;
  }

  step(): void {
    if (this.#steps++ >= this.#dieAt) {
      this.#steps = this.#dieAt + 1;
      throw new Error(`killed at step ${this.#dieAt}`);
    }
  }

  inhabit(disk: DiskModel): void {
    disk.intercept = () => this.step();
  }

  stores(stores: Stores): Stores {
    return {
      get: async (emulated) => this.#store(await stores.get(emulated)),
      close: () => stores.close(),
    };
  }

  #store(store: Store): Store {
    const mortally = async <T>(work: () => Promise<T>): Promise<T> => {
      this.step();
      const result = await work();
      this.step();
      return result;
    };
    return {
      commit: (batch) => mortally(() => store.commit(batch)),
      importLegacy: (batch) => mortally(() => store.importLegacy(batch)),
      recordEvent: (event) => mortally(() => store.recordEvent(event)),
      annotate: (annotations) => mortally(() => store.annotate(annotations)),
      reconcileSessions: (source, listed) =>
        mortally(() => store.reconcileSessions(source, listed)),
      sessionState: (session) => mortally(() => store.sessionState(session)),
      unexplainedHoles: (source, listed) => mortally(() => store.unexplainedHoles(source, listed)),
      checkpoint: () => mortally(() => store.checkpoint()),
      close: () => store.close(),
    };
  }
}
