/** All of it in turn: each scenario recorded once and cut everywhere, then each mutant until it is caught. */
import { rmSync } from 'node:fs';
import { CheckPool } from './check/pool.js';
import { examine, type Examined, type ExamineOptions } from './examine.js';
import { makeScratch } from './harness/stage.js';
import type { Options } from './options.js';
import { recordScenario } from './record-scenario.js';
import type { Result } from './report/report.js';
import type { Recording } from './replay/recording.js';
import type { Scenario } from './scenarios/index.js';
import { tryMutant, type Tried } from './try-mutant.js';

const QUICK_SAMPLE = 36;
const QUICK_MUTANT_SAMPLE = 150;
const COMMAND_EVERY = { quick: 20, long: 200 };

export interface Around {
  /** Root of the built tree. */
  readonly tree: string;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

export async function crashStates(options: Options, around: Around): Promise<Result> {
  const began = performance.now();
  const scratch = makeScratch();
  const pool = new CheckPool(options.processes, scratch);
  try {
    const shared = { ...around, pool, commandEvery: commandEvery(options) };
    const scenarios = await examineAll(options, shared);
    const mutants = await tryAll(options, { ...shared, scratch });
    const seconds = (performance.now() - began) / 1000;
    return {
      scenarios,
      mutants,
      leftOut: leftOut(options),
      seconds,
      interrupted: around.signal.aborted,
    };
  } finally {
    pool.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

type Shared = Around & Pick<ExamineOptions, 'pool' | 'commandEvery'>;

async function examineAll({ scenarios, quick }: Options, shared: Shared): Promise<Examined[]> {
  const { tree, signal, progress } = shared;
  const results: Examined[] = [];
  // One scenario plays, and mostly waits, while the states of the one before it are checked.
  const play = (scenario: Scenario | undefined): Promise<Recording> | undefined => {
    if (scenario === undefined || signal.aborted) return undefined;
    const recording = recordScenario(scenario, tree);
    recording.catch(() => undefined);
    return recording;
  };
  let next = play(scenarios[0]);
  for (const [i, scenario] of scenarios.entries()) {
    progress(`${scenario.name}: recording`);
    const recording = await next;
    next = play(scenarios[i + 1]);
    if (recording === undefined) break;
    const examined = await examine({
      ...shared,
      scenario,
      recording,
      ...(quick && { sample: QUICK_SAMPLE }),
      progress: (checked) => progress(`${scenario.name}: ${checked} states`),
    });
    results.push(examined);
  }
  await next?.catch(() => undefined);
  return results;
}

async function tryAll(
  { mutants, quick }: Options,
  shared: Shared & { readonly scratch: string },
): Promise<Tried[]> {
  const results: Tried[] = [];
  for (const mutant of mutants) {
    if (shared.signal.aborted) break;
    shared.progress(`mutant ${mutant.name}`);
    const tried = await tryMutant(mutant, {
      ...shared,
      ...(quick && { sample: QUICK_MUTANT_SAMPLE }),
      commandEvery: Infinity,
      progress: (checked) => shared.progress(`mutant ${mutant.name}: ${checked} states`),
    });
    results.push(tried);
  }
  return results;
}

function commandEvery({ quick, byCommand }: Options): number {
  if (byCommand) return 1;
  return quick ? COMMAND_EVERY.quick : COMMAND_EVERY.long;
}

function leftOut({ quick, mutants }: Options): string[] {
  if (!quick) return [];
  return [
    `all but about ${QUICK_SAMPLE} states of a scenario, and mutants other than ${mutants.map(({ name }) => name).join(', ')}. The long form: npm run crash-states`,
  ];
}
