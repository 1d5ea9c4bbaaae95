/**
 * One database's way: its backlog, its committer, and the removal of buffer segments that it has
 * wholly taken. Real and emulated readings have a lane each, so that one database being locked
 * holds up nothing of the other.
 */
import type { Clock, Log } from '@elmetron/protocol';
import { StorageError, type Conflict, type Store, type StoreEvent } from '@elmetron/storage';
import { Backlog, type BacklogEntry } from './backlog.js';
import { Committer } from './committer.js';
import type { SessionBuffers } from './session-buffers.js';

/** Buffered lines above this stay on disk until the store takes them. */
const MEMORY_LIMIT_BYTES = 64 * 1024 * 1024;
/** About 4,000 measurements; no more are gained by larger transactions. */
const BATCH_BYTES = 2 * 1024 * 1024;
const RETRY = { first: 100, most: 5_000 };
/** An archive that cannot be written is tried less and less often: each try compresses a whole segment. */
const REMOVAL_RETRY = { first: 5_000, most: 60_000 };

export interface DatabaseLaneOptions {
  readonly emulated: boolean;
  readonly store: () => Promise<Store>;
  readonly buffers: SessionBuffers;
  readonly commitIntervalMs: number;
  readonly conflict: (conflict: Conflict) => Promise<void>;
  /** Told when committed buffers cannot be removed (with the reason), and when they can again (undefined). */
  readonly removalChanged: (reason: string | undefined) => void;
  readonly stateChanged: (problem: StorageError | undefined) => void;
  readonly fatal: (error: unknown) => void;
  readonly clock: Clock;
  readonly log: Log;
}

export class DatabaseLane {
  readonly #options: DatabaseLaneOptions;
  readonly #backlog: Backlog;
  readonly #committer: Committer;
  #removeNotBefore = -Infinity;
  #stopping: AbortSignal | undefined;
  #removalRetryMs = REMOVAL_RETRY.first;

  constructor(options: DatabaseLaneOptions) {
    this.#options = options;
    const { buffers, commitIntervalMs, store, conflict, stateChanged, fatal, clock, log } = options;
    this.#backlog = new Backlog({
      memoryLimitBytes: MEMORY_LIMIT_BYTES,
      read: (range) => buffers.read(range),
      committed: (path, end) => {
        buffers.committed(path, end);
      },
    });
    this.#committer = new Committer({
      backlog: this.#backlog,
      store,
      intervalMs: commitIntervalMs,
      batchBytes: BATCH_BYTES,
      retryMs: RETRY,
      conflict,
      settled: (opened) => this.#removeCommitted(opened),
      nothingHeld: () => !buffers.holds(options.emulated),
      stateChanged,
      fatal,
      clock,
      log,
    });
  }

  get figures(): { readonly uncommitted: number; readonly last_commit: string | null } {
    const at = this.#committer.lastCommitAt;
    return {
      uncommitted: this.#backlog.records,
      last_commit: at === undefined ? null : new Date(at).toISOString(),
    };
  }

  push(entry: BacklogEntry): void {
    this.#committer.push(entry);
  }

  /** Resolves when the event is durable in this database. */
  async recordEvent(event: StoreEvent): Promise<void> {
    await this.#committer.recordEvent(event);
  }

  /** Tries to open the database until it opens; readings are kept in buffers meanwhile. */
  untilOpen(): void {
    void this.#committer.afterEverythingPushed(() => Promise.resolve());
  }

  /** Runs `task` once everything pushed so far is in the store. */
  async afterEverythingPushed(task: (store: Store) => Promise<void>): Promise<void> {
    await this.#committer.afterEverythingPushed(task);
  }

  /** True when everything is committed; false when `signal` aborted first. */
  async stop(signal: AbortSignal): Promise<boolean> {
    this.#stopping = signal;
    return await this.#committer.stop(signal);
  }

  /** Removes the segments that the store has wholly taken, once the database file itself holds them. */
  async #removeCommitted(store: Store): Promise<void> {
    const { buffers, emulated, removalChanged, clock, log } = this.#options;
    if (!buffers.hasCommitted(emulated) || clock.monotonic() < this.#removeNotBefore) return;
    if (!(await store.checkpoint())) {
      log.debug(
        { emulated },
        'A reader keeps the checkpoint from finishing; buffers stay a little longer',
      );
      return;
    }
    try {
      // Hundreds of segments may take longer than a stop; what stays is recovered as a replay.
      await buffers.removeCommitted(emulated, () => this.#stopping?.aborted === true);
      this.#removalRetryMs = REMOVAL_RETRY.first;
      removalChanged(undefined);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      // Nothing is lost by a buffer that stays: it is tried again, and recovery knows it too.
      this.#removeNotBefore = clock.monotonic() + this.#removalRetryMs;
      this.#removalRetryMs = Math.min(REMOVAL_RETRY.most, this.#removalRetryMs * 2);
      removalChanged(error.message);
    }
  }
}
