/** Whether a mutant is caught: its scenarios are recorded anew, on a copy of the tree that has it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makePatchedCopy, type Mutant } from '@elmetron/mutants';
import { examine, type ExamineOptions, type Violation } from './examine.js';
import { recordScenario } from './record-scenario.js';
import { scenarioNamed } from './scenarios/index.js';

export interface Tried {
  readonly mutant: Mutant;
  /** Undefined: it survived. */
  readonly caughtBy: Violation | undefined;
  readonly states: number;
}

export interface TryOptions extends Omit<ExamineOptions, 'scenario' | 'recording' | 'untilFirst'> {
  readonly scratch: string;
}

export async function tryMutant(mutant: Mutant, options: TryOptions): Promise<Tried> {
  const copy = join(options.scratch, `mutant-${mutant.name}`);
  let states = 0;
  try {
    makePatchedCopy(options.tree, copy, mutant.patches);
    for (const name of mutant.scenarios) {
      const scenario = scenarioNamed(name);
      const recording = await recordScenario(scenario, copy);
      const examined = await examine({
        ...options,
        tree: copy,
        scenario,
        recording,
        untilFirst: true,
      });
      states += Object.values(examined.states).reduce((sum, count) => sum + count, 0);
      const [caughtBy] = examined.violations;
      if (caughtBy !== undefined) return { mutant, caughtBy, states };
    }
    return { mutant, caughtBy: undefined, states };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
