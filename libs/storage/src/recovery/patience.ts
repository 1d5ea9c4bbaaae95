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
  #inVain = false;

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
      await this.#pause(retryEveryMs);
    }
  }

  /**
   * Asks until the answer is yes, for a short while: what is in the way may be about to finish. After
   * a while in vain it asks once each time, until the answer is yes again.
   */
  async untilTrue(ask: () => Promise<boolean>): Promise<boolean> {
    const { lockedMs, retryEveryMs, clock, signal } = this.#options;
    const wait = this.#inVain ? 0 : Math.min(lockedMs, SHORT_WHILE_MS);
    const until = clock.monotonic() + wait;
    while (!(await ask())) {
      this.#inVain = clock.monotonic() >= until || signal?.aborted === true;
      if (this.#inVain) return false;
      await this.#pause(retryEveryMs);
    }
    this.#inVain = false;
    return true;
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#options;
    await sleep(ms, undefined, signal && { signal }).catch(() => undefined);
  }
}

const SHORT_WHILE_MS = 2_000;

function isHeld(error: unknown): boolean {
  return (
    error instanceof StorageError && (error.code === 'store_locked' || error.code === 'lock_held')
  );
}
