/** The command line. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { mutantNamed, mutants, type Mutant } from '@elmetron/mutants';
import { Command, InvalidArgumentError } from 'commander';
import { scenarioNamed, scenarios, type Scenario } from './scenarios/index.js';

export interface Options {
  readonly scenarios: readonly Scenario[];
  readonly mutants: readonly Mutant[];
  readonly quick: boolean;
  readonly json: boolean;
  readonly byCommand: boolean;
  readonly keep: string | undefined;
  readonly processes: number;
}

interface Given {
  readonly scenario: readonly string[];
  readonly mutant: readonly string[];
  readonly mutants: boolean;
  readonly quick: boolean;
  readonly json: boolean;
  readonly byCommand: boolean;
  readonly keep?: string;
  readonly processes: number;
}

const gather = (value: string, before: readonly string[]): string[] => [...before, value];

/** Exits by itself for --help (0) and for usage (2). Throws CrashStatesError or MutantsError for unknown names. */
export function parseOptions(args: readonly string[]): Options {
  const command = new Command('crash-states')
    .description(
      'Power cuts, by enumeration: records every write and sync of the real processes under strace, builds the\ndisks that a power cut at any moment may leave, and lets the real recovery run on each of them, twice.',
    )
    .option('--scenario <name>', 'only this one; may be given several times', gather, [])
    .option('--mutant <name>', 'only this mutant; may be given several times', gather, [])
    .option('--no-mutants', 'only the honest product')
    .option(
      '--quick',
      'a sample of a few hundred states, and one mutant for each part of the promise',
      false,
    )
    .option('--by-command', 'every recovery by `node apps/recovery/dist/main.js` (slow)', false)
    .option(
      '--processes <n>',
      'so many check side by side',
      count,
      Math.min(8, availableParallelism()),
    )
    .option('--keep <directory>', 'keep the disks on which something was violated there')
    .option('--json', 'the result as JSON', false)
    .addHelpText(
      'after',
      `\nScenarios:\n${list(scenarios.map(({ name, about }) => [name, about]))}\n\nMutants:\n${list(mutants.map(({ name, breaks }) => [name, `breaks: ${breaks}`]))}\n\nExit code 0: everything held and every mutant was caught; 1: a violation, or a mutant survived;\n2: usage, or strace is missing.`,
    )
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  const given = command.parse(args, { from: 'user' }).opts<Given>();
  return {
    scenarios:
      given.scenario.length > 0
        ? given.scenario.map(scenarioNamed)
        : given.mutant.length > 0
          ? []
          : scenarios,
    mutants: chosenMutants(given),
    quick: given.quick,
    json: given.json,
    byCommand: given.byCommand,
    keep: given.keep === undefined ? undefined : resolve(given.keep),
    processes: given.processes,
  };
}

function chosenMutants({ mutant, mutants: wanted, scenario, quick }: Given): readonly Mutant[] {
  if (mutant.length > 0) return mutant.map(mutantNamed);
  if (!wanted || scenario.length > 0) return [];
  return quick ? mutants.filter(({ quick: inShort }) => inShort === true) : mutants;
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 64) return value;
  throw new InvalidArgumentError('a whole number from 1 to 64');
}

function list(entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join('\n');
}
