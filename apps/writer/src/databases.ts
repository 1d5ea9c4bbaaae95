/**
 * The two databases that the writer fills, each with a lane of its own: real readings, and those of
 * emulated meters. The record says where it belongs.
 */
import { existsSync } from 'node:fs';
import type { Clock, Log } from '@elmetron/protocol';
import type { AppConfig, Health } from '@elmetron/runtime';
import {
  openLockedStores,
  openStoreThread,
  StorageError,
  storeThreadEntry,
  type Stores,
} from '@elmetron/storage';
import { PASSING } from './committer.js';
import { DatabaseState } from './database-state.js';
import { DatabaseLane } from './database-lane.js';
import type { SessionBuffers } from './session-buffers.js';
import type { SetAside } from './set-aside.js';

/** A commit waits so long in the worker thread for another program's lock before it counts as locked. */
const BUSY_TIMEOUT_MS = 1_000;

/** A name that no session has: to look for it is the least that a store can be asked. */
const NO_SESSION = 'none';

export interface DatabasesOptions {
  readonly storage: AppConfig['storage'];
  readonly buffers: SessionBuffers;
  readonly setAside: SetAside;
  readonly health: Health;
  readonly fatal: (error: unknown) => void;
  readonly clock: Clock;
  readonly log: Log;
}

export class Databases {
  readonly stores: Stores;
  readonly #options: DatabasesOptions;
  readonly #real: DatabaseLane;
  readonly #demo: DatabaseLane;
  readonly #states: DatabaseState[] = [];

  private constructor(options: DatabasesOptions) {
    this.#options = options;
    const { storage } = options;
    this.stores = openLockedStores({
      databasePath: storage.database_path,
      demoDatabasePath: storage.demo_database_path,
      open: (path) =>
        openStoreThread({
          path,
          busyTimeoutMs: BUSY_TIMEOUT_MS,
          entry: storeThreadEntry,
          log: options.log,
        }),
    });
    this.#real = this.#lane(false);
    this.#demo = this.#lane(true);
  }

  /**
   * A database that another program holds, or that has no room, is tried again later; one that is
   * not ours to write to rejects at once: `store_too_new`, `store_foreign`, `store_unsafe`.
   */
  static async open(options: DatabasesOptions): Promise<Databases> {
    const databases = new Databases(options);
    const { database_path, demo_database_path } = options.storage;
    for (const [path, emulated] of [
      [database_path, false],
      [demo_database_path, true],
    ] as const) {
      if (emulated && !existsSync(path)) continue;
      try {
        await databases.stores.get(emulated);
      } catch (error) {
        if (
          !(error instanceof StorageError) ||
          !(PASSING.has(error.code) || error.code === 'store_damaged')
        )
          throw error;
        // Its lane tries for as long as it takes, and says meanwhile what is in the way.
        databases.lane(emulated).untilOpen();
      }
    }
    return databases;
  }

  /** Told when buffers become unavailable and available again. */
  buffersUsable(usable: boolean): void {
    for (const state of this.#states) state.buffers(usable);
  }

  /** A damaged database stays in its place: its rebuild will need every archive there is. */
  get damaged(): boolean {
    const { database_path, demo_database_path } = this.#options.storage;
    const { health } = this.#options;
    return [database_path, demo_database_path].some((path) => health.has('database_damaged', path));
  }

  get figures(): Readonly<Record<'real' | 'demo', DatabaseLane['figures']>> {
    return { real: this.#real.figures, demo: this.#demo.figures };
  }

  lane(emulated: boolean): DatabaseLane {
    return emulated ? this.#demo : this.#real;
  }

  /** The lanes whose database there is; the one of emulated meters is made only when one comes. */
  get lanes(): readonly DatabaseLane[] {
    const demo = existsSync(this.#options.storage.demo_database_path);
    return demo ? [this.#real, this.#demo] : [this.#real];
  }

  /**
   * Resolves when the thread of each open database has answered. One that is locked, full or not there has
   * answered too: readings wait in buffers, and a restart would not help. Only silence is none.
   */
  async answer(): Promise<void> {
    await Promise.all(
      this.lanes.map(async (lane) => {
        try {
          const store = await this.stores.get(lane === this.#demo);
          await store.sessionState(NO_SESSION);
        } catch (error) {
          if (!(error instanceof StorageError)) throw error;
        }
      }),
    );
  }

  /** Commits what is left until `signal` aborts; what is not committed then rests in its buffers. */
  async stop(signal: AbortSignal): Promise<void> {
    const done = await Promise.all([this.#real.stop(signal), this.#demo.stop(signal)]);
    if (done.every(Boolean)) return;
    this.#options.log.warn(
      this.figures,
      'Not everything could be committed in time; the next start recovers it from its buffers',
    );
  }

  async close(): Promise<void> {
    await this.stores.close();
  }

  #lane(emulated: boolean): DatabaseLane {
    const { storage, buffers, setAside, health, fatal, clock, log } = this.#options;
    const path = emulated ? storage.demo_database_path : storage.database_path;
    const state = new DatabaseState(health, path);
    state.buffers(storage.enable_session_buffering);
    this.#states.push(state);
    return new DatabaseLane({
      emulated,
      store: () => this.stores.get(emulated),
      buffers,
      commitIntervalMs: storage.commit_interval_ms,
      conflict: (conflict) => setAside.conflict(conflict),
      removalChanged: (why) => {
        if (why === undefined) health.clear('buffers_not_removed', path);
        else
          health.raise(
            'buffers_not_removed',
            `Buffers that are in the database cannot be archived or removed: ${why}`,
            { about: path },
          );
      },
      stateChanged: (problem) => {
        state.database(problem);
      },
      fatal,
      clock,
      log,
    });
  }
}
