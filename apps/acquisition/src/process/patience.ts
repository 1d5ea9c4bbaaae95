/**
 * A predecessor that is just ending may still hold the endpoint or the spool. That is worth a moment
 * of waiting; whatever is still taken after it belongs to somebody else, and is an error.
 */
import type { Clock } from '@elmetron/protocol';
import type { Timers } from '@elmetron/link';

export interface Patience {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ms?: number;
}

const TRY_EVERY_MS = 100;

/** Repeats `attempt` for as long as it throws an error with this `code`, then lets it through. */
export async function patiently<T>(
  code: string,
  attempt: () => Promise<T>,
  { clock, timers, ms = 2000 }: Patience,
): Promise<T> {
  const end = clock.monotonic() + ms;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const temporary = error instanceof Error && 'code' in error && error.code === code;
      if (!temporary || clock.monotonic() >= end) throw error;
    }
    await new Promise<void>((resolve) => {
      timers.after(TRY_EVERY_MS, resolve);
    });
  }
}
