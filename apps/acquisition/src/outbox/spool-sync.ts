/**
 * Syncs what has waited too long for its acknowledgement. In good times a record is acknowledged,
 * and cut away, before that, and hardly ever reaches this disk.
 */
import type { Clock } from '@elmetron/protocol';
import type { Health } from '@elmetron/runtime';
import { StorageError, type SpoolSession } from '@elmetron/storage';
import { every, type Timers } from '../timers.js';

export interface SpoolSyncParts {
  readonly spool: { sessions(): readonly Pick<SpoolSession, 'oldestUnsyncedAt' | 'sync'>[] };
  /** `acquisition.spool_sync_ms` */
  readonly afterMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly health: Health;
}

export class SpoolSync {
  readonly #parts: SpoolSyncParts;
  readonly #stop: () => void;
  #running: Promise<void> | undefined;

  constructor(parts: SpoolSyncParts) {
    this.#parts = parts;
    // A record waits for afterMs and a quarter of that, not for up to twice as long.
    const lookEvery = Math.min(500, Math.max(10, Math.floor(parts.afterMs / 4)));
    this.#stop = every(parts.timers, lookEvery, () => {
      this.#running ??= this.#look().finally(() => {
        this.#running = undefined;
      });
    });
  }

  /** Looks no more; resolves when a sync under way is over. */
  async stop(): Promise<void> {
    this.#stop();
    await this.#running;
  }

  async #look(): Promise<void> {
    const { spool, afterMs, clock, health } = this.#parts;
    const now = clock.monotonic();
    const waiting = spool.sessions().filter((s) => s.oldestUnsyncedAt !== undefined);
    // What could not be synced has been acknowledged meanwhile.
    if (waiting.length === 0) health.clear('spool_sync_failed');
    for (const session of waiting) {
      if (now - (session.oldestUnsyncedAt ?? now) < afterMs) continue;
      try {
        await session.sync();
        health.clear('spool_sync_failed');
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        health.raise(
          'spool_sync_failed',
          `the spool cannot be made durable, a power cut may cost what is not acknowledged: ${error.message}`,
        );
      }
    }
  }
}
