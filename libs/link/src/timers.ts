/**
 * Waiting comes in from outside, as the clock does, so that a test owns both: a poll schedule of
 * hours is then tested in milliseconds, and exactly.
 */
import type { Clock } from '@elmetron/protocol';

export interface Timers {
  /** Runs once after `ms`; the function returned calls it off. */
  after(ms: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Runs again and again, `ms` after each run; the function returned ends it. */
export function every(timers: Timers, ms: number, run: () => void): () => void {
  let cancel = timers.after(ms, again);
  function again(): void {
    cancel = timers.after(ms, again);
    run();
  }
  return () => {
    cancel();
  };
}

/** Later than this, and the process was held up. */
const HELD_UP_MS = 50;

/**
 * Runs once after `ms` in which something could have arrived. A timer that is late says that this
 * process was held up: what arrived meanwhile is still to be read, and gets a moment for that.
 */
export function afterListening(
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  ms: number,
  run: () => void,
): () => void {
  const due = clock.monotonic() + ms;
  let cancel = timers.after(ms, () => {
    if (clock.monotonic() - due <= HELD_UP_MS) run();
    else cancel = timers.after(HELD_UP_MS, run);
  });
  return () => {
    cancel();
  };
}

/** Whether `work` settled within `ms`; what it gave or threw is left to whoever else awaits it. */
export function settlesWithin(
  timers: Timers,
  ms: number,
  work: Promise<unknown>,
): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = timers.after(ms, () => {
      resolve(false);
    });
    const settled = (): void => {
      cancel();
      resolve(true);
    };
    work.then(settled, settled);
  });
}
