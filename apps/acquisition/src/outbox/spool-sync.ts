/**
 * Syncs what has waited too long for its acknowledgement. In good times a record is acknowledged,
 * and cut away, before that, and hardly ever reaches this disk; then there is a look every
 * `afterMs` and nothing to do, and without records there is none.
 */
import type { Clock } from '@elmetron/protocol';
import type { Health } from '@elmetron/runtime';
import { StorageError, type SpoolSession } from '@elmetron/storage/spool';
import type { Timers } from '@elmetron/link';

export interface SpoolSyncParts {
  readonly spool: { sessions(): readonly Pick<SpoolSession, 'oldestUnsyncedAt' | 'sync'>[] };
  /** `acquisition.spool_sync_ms` */
  readonly afterMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly health: Health;
}

/** Between two looks; a timer of Node cannot wait for ever. */
const LOOK_MS = { least: 10, afterFailure: 500, most: 3_600_000 };

export class SpoolSync {
  readonly #parts: SpoolSyncParts;
  #cancel: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #failed = false;
  #stopped = false;

  /** What an earlier life left waits already. */
  constructor(parts: SpoolSyncParts) {
    this.#parts = parts;
    this.#plan();
  }

  /** A record is in the spool. */
  appended(): void {
    if (this.#cancel === undefined && this.#running === undefined) this.#plan();
  }

  /** Looks no more; resolves when a sync under way is over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  /** The next look: when what has waited longest has waited long enough, or not at all. */
  #plan(): void {
    const { spool, afterMs, clock, timers } = this.#parts;
    const times = spool.sessions().flatMap((session) => session.oldestUnsyncedAt ?? []);
    if (this.#stopped || (times.length === 0 && !this.#failed)) return;
    const left = Math.min(...times) + afterMs - clock.monotonic();
    const wait = this.#failed ? Math.min(LOOK_MS.afterFailure, afterMs) : Math.ceil(left);
    this.#cancel = timers.after(Math.min(LOOK_MS.most, Math.max(LOOK_MS.least, wait)), () => {
      this.#cancel = undefined;
      this.#running = this.#look().finally(() => {
        this.#running = undefined;
        this.#plan();
      });
    });
  }

  async #look(): Promise<void> {
    const { spool, afterMs, clock, health } = this.#parts;
    const now = clock.monotonic();
    this.#failed = false;
    for (const session of spool.sessions()) {
      const since = session.oldestUnsyncedAt;
      if (since === undefined || now - since < afterMs) continue;
      try {
        await session.sync();
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        this.#failed = true;
        health.raise(
          'spool_sync_failed',
          `the spool cannot be made durable, a power cut may cost what is not acknowledged: ${error.message}`,
        );
      }
    }
    // What could not be synced is so now, or has been acknowledged meanwhile.
    if (!this.#failed) health.clear('spool_sync_failed');
  }
}
