/** Every scenario, in the order in which they are reported. */
import { CrashStatesError } from '../crash-states-error.js';
import { archive } from './archive.js';
import { capturesUnusable } from './captures-unusable.js';
import { failedSync } from './failed-sync.js';
import { hole } from './hole.js';
import { killedWriter } from './killed-writer.js';
import { poison } from './poison.js';
import { rebuild } from './rebuild.js';
import { recovery } from './recovery.js';
import type { Scenario } from './scenario.js';
import { spool } from './spool.js';
import { writer } from './writer.js';

export type { Scenario } from './scenario.js';

export const scenarios: readonly Scenario[] = [
  writer,
  archive,
  poison,
  hole,
  capturesUnusable,
  failedSync,
  killedWriter,
  recovery,
  rebuild,
  spool,
];

/** Throws CrashStatesError `unknown_name`. */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const known = scenarios.map((scenario) => scenario.name).join(', ');
  throw new CrashStatesError(
    'unknown_name',
    `There is no scenario "${name}". There are: ${known}.`,
  );
}
