/**
 * Waits for a database that another program holds: a bounded time, counted from the last thing that
 * went well, so that a long replay may be held up often, and fifty buffers before a database that
 * stays locked do not wait fifty times.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@elmetron/protocol';
import { StorageError } from '../errors.js';

export interface PatienceOptions {
  /** How long to try, in ms, before the error is let through. */
  readonly lockedMs: number;
  readonly retryEveryMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

export class Patience {
  readonly #options: PatienceOptions;
  #heldSince: number | undefined;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Runs `work` until it does not fail for a held lock any more. It must be harmless to repeat. */
  async insist<T>(work: () => Promise<T>): Promise<T> {
    const { lockedMs, retryEveryMs, clock, signal } = this.#options;
    for (;;) {
      try {
        const result = await work();
        this.#heldSince = undefined;
        return result;
      } catch (error) {
        if (!isHeld(error) || signal?.aborted === true) throw error;
        this.#heldSince ??= clock.monotonic();
        if (clock.monotonic() - this.#heldSince >= lockedMs) throw error;
      }
      // Told to stop: one last try, without waiting.
      await sleep(retryEveryMs, undefined, signal && { signal }).catch(() => undefined);
    }
  }
}

function isHeld(error: unknown): boolean {
  return (
    error instanceof StorageError && (error.code === 'store_locked' || error.code === 'lock_held')
  );
}
