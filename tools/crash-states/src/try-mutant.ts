/** Whether a mutant is caught: its scenarios are recorded anew, on a copy of the tree that has it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makePatchedCopy, type Mutant } from '@elmetron/mutants';
import { examine, type ExamineOptions, type Violation } from './examine.js';
import { recordScenario } from './record-scenario.js';
import type { Recording } from './replay/recording.js';
import { scenarioNamed } from './scenarios/index.js';

export interface Tried {
  readonly mutant: Mutant;
  /** Undefined: it survived. */
  readonly caughtBy: Violation | undefined;
  readonly states: number;
}

/** A mutant whose copy is made, with its first scenario recorded. */
export interface Prepared {
  readonly mutant: Mutant;
  readonly copy: string;
  readonly first: Recording | undefined;
}

/** Throws MutantsError `patch_does_not_fit`, `not_built`; CrashStatesError. */
export async function prepareMutant(
  mutant: Mutant,
  tree: string,
  scratch: string,
): Promise<Prepared> {
  const copy = join(scratch, `mutant-${mutant.name}`);
  makePatchedCopy(tree, copy, mutant.patches);
  const [name] = mutant.scenarios;
  const first = name === undefined ? undefined : await recordScenario(scenarioNamed(name), copy);
  return { mutant, copy, first };
}

export async function tryMutant(
  { mutant, copy, first }: Prepared,
  options: Omit<ExamineOptions, 'scenario' | 'recording' | 'untilFirst' | 'tree'>,
): Promise<Tried> {
  let states = 0;
  try {
    for (const [i, name] of mutant.scenarios.entries()) {
      const scenario = scenarioNamed(name);
      const recording =
        i === 0 && first !== undefined ? first : await recordScenario(scenario, copy);
      const how = { ...options, tree: copy, scenario, recording, untilFirst: true };
      const examined = await examine(how);
      states += Object.values(examined.states).reduce((sum, count) => sum + count, 0);
      const [caughtBy] = examined.violations;
      if (caughtBy !== undefined) return { mutant, caughtBy, states };
    }
    return { mutant, caughtBy: undefined, states };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
