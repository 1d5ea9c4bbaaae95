/** Whether two recoveries, one after the other, did what they promise. Sentences are broken promises. */
import type { PreflightSummary } from '@elmetron/storage';

export interface Allowed {
  readonly damagedOnPurpose: boolean;
  readonly capturesUnusable: boolean;
  readonly databaseLost: boolean;
}

/** Of the first one: nothing failed, and a power cut is no damage to a database. */
export function* judgeFirst(summary: PreflightSummary, allowed: Allowed): Generator<string> {
  yield* failures(summary, allowed);
  if (allowed.damagedOnPurpose || allowed.databaseLost) return;
  for (const { path, state, set_aside, finding } of summary.databases) {
    if (state !== 'damaged' && set_aside === null) continue;
    yield `a power cut made the database ${path} count as damaged: ${finding ?? ''}`;
  }
}

/** Of the second: there is nothing left to do. */
export function* judgeSecond(summary: PreflightSummary, allowed: Allowed): Generator<string> {
  yield* failures(summary, allowed);
  for (const { path, state, set_aside, rebuilt_measurements } of summary.databases) {
    if (state === 'damaged' || set_aside !== null)
      yield `the second recovery finds ${path} damaged`;
    if (rebuilt_measurements > 0) yield `the second recovery rebuilds ${path}`;
  }
  for (const { path, status } of summary.buffers) {
    if (status !== 'failed') yield `the second recovery finds ${path}: ${status}`;
  }
}

function* failures({ buffers, databases }: PreflightSummary, allowed: Allowed): Generator<string> {
  for (const { path, status, error } of buffers) {
    if (status === 'recovered' || status === 'empty') continue;
    if (allowed.capturesUnusable && status === 'failed') continue;
    yield `recovery leaves ${path}: ${status}: ${error ?? ''}`;
  }
  for (const { path, error } of databases) {
    if (error !== null) yield `recovery has trouble with ${path}: ${error}`;
  }
}
