/** All of it in turn: each scenario recorded once and cut everywhere, then each mutant until it is caught. */
import { rmSync } from 'node:fs';
import { checkPatches, mutants as allMutants, type Mutant } from '@elmetron/mutants';
import { ahead } from './ahead.js';
import { CheckPool } from './check/pool.js';
import { examine, type Examined, type ExamineOptions } from './examine.js';
import { makeScratch } from './harness/stage.js';
import type { Options } from './options.js';
import { recordScenario } from './record-scenario.js';
import type { Result } from './report/report.js';
import type { Scenario } from './scenarios/index.js';
import { prepareMutant, tryMutant, type Tried } from './try-mutant.js';

const QUICK_SAMPLE = 36;
const QUICK_MUTANT_SAMPLE = 150;
/** Processes that are recorded mostly wait: two scenarios play while states of a third are checked. */
const RECORDED_AHEAD = 3;
const COMMAND_EVERY = { quick: 40, long: 200 };

export interface Around {
  /** Root of the built tree. */
  readonly tree: string;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

export async function crashStates(options: Options, around: Around): Promise<Result> {
  const began = performance.now();
  checkPatches(around.tree, options.mutants);
  const scratch = makeScratch();
  const pool = new CheckPool(options.processes, scratch);
  const scenarios: Examined[] = [];
  const mutants: Tried[] = [];
  try {
    const shared = { ...around, pool, commandEvery: commandEvery(options) };
    await examineAll(options, shared, scenarios);
    await tryAll(options, { ...shared, scratch }, mutants);
  } catch (error) {
    // Ctrl-C reaches the recorded processes too, and their scenarios fail by it.
    if (!around.signal.aborted) throw error;
  } finally {
    pool.close();
    rmSync(scratch, { recursive: true, force: true });
  }
  const seconds = (performance.now() - began) / 1000;
  const interrupted = around.signal.aborted;
  return { scenarios, mutants, leftOut: leftOut(options), seconds, interrupted };
}

type Shared = Around & Pick<ExamineOptions, 'pool' | 'commandEvery'>;

async function examineAll(
  { scenarios, quick }: Options,
  shared: Shared,
  results: Examined[],
): Promise<void> {
  const { tree, signal, progress } = shared;
  const record = async (scenario: Scenario) => ({
    scenario,
    recording: signal.aborted ? undefined : await recordScenario(scenario, tree),
  });
  progress('recording');
  for await (const { scenario, recording } of ahead(scenarios, RECORDED_AHEAD, record)) {
    if (recording === undefined || signal.aborted) break;
    const examined = await examine({
      ...shared,
      scenario,
      recording,
      ...(quick && { sample: QUICK_SAMPLE }),
      progress: (checked) => progress(`${scenario.name}: ${checked} states`),
    });
    results.push(examined);
  }
}

async function tryAll(
  { mutants, quick }: Options,
  { scratch, ...shared }: Shared & { readonly scratch: string },
  results: Tried[],
): Promise<void> {
  const { tree, signal, progress } = shared;
  const prepare = async (mutant: Mutant) =>
    signal.aborted ? undefined : await prepareMutant(mutant, tree, scratch);
  for await (const prepared of ahead(mutants, RECORDED_AHEAD, prepare)) {
    if (prepared === undefined || signal.aborted) break;
    const { name } = prepared.mutant;
    progress(`mutant ${name}`);
    const tried = await tryMutant(prepared, {
      ...shared,
      ...(quick && { sample: QUICK_MUTANT_SAMPLE }),
      commandEvery: Infinity,
      progress: (checked) => progress(`mutant ${name}: ${checked} states`),
    });
    results.push(tried);
  }
}

function commandEvery({ quick, byCommand }: Options): number {
  if (byCommand) return 1;
  return quick ? COMMAND_EVERY.quick : COMMAND_EVERY.long;
}

function leftOut({ quick, mutants }: Options): string[] {
  if (!quick) return [];
  const others = allMutants.length - mutants.length;
  return [
    `all but about ${QUICK_SAMPLE} states of each scenario, and ${others} mutants. The long form: npm run crash-states`,
  ];
}
