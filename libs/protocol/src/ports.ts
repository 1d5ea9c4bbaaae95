/**
 * What every part takes from outside instead of reaching for it, so that a test can own it:
 * the log and the clocks.
 */

/** The part of a pino logger that the libraries use. `fields` go into the JSON line. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Wall clock and monotonic clock; the wall clock may jump, the monotonic one never does. */
export interface Clock {
  /** UTC, milliseconds since 1970. */
  now(): number;
  /** Milliseconds since an arbitrary start, never going back. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** A log that says nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
