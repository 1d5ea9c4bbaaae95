import { CrashStatesError } from '../crash-states-error.js';
import type { Ended } from './stage.js';

/** Waits for the end of a process. Throws CrashStatesError `scenario_failed` when it is another one than expected. */
export async function endsWith(
  expected: number | NodeJS.Signals,
  ending: Promise<Ended>,
): Promise<void> {
  const { name, code, signal, tail } = await ending;
  if (code === expected || signal === expected) return;
  throw new CrashStatesError(
    'scenario_failed',
    `${name} ended with ${String(signal ?? code)}; its scenario needs ${expected}. Its last words:\n${tail}`,
  );
}
