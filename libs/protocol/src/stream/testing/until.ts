/** Waits for `condition`, looking every few milliseconds; throws when `ms` have passed. */
import { setTimeout as delay } from 'node:timers/promises';

export async function until(condition: () => boolean, ms = 5000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${String(condition)}`);
    await delay(5);
  }
}
