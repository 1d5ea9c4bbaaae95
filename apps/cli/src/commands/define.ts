/**
 * How a command is told to the command line: what it takes, in a small file that is loaded for every
 * `--help`, and where its work is, in a file that is loaded when it is called.
 */
import { Command, Option } from 'commander';
import type { CommandContext } from '../context.js';
import type { ExitCode } from '../exit-codes.js';

/** What a command does: all is well when it resolves without an exit code. */
export type Action<O, A extends readonly unknown[]> = (
  context: CommandContext,
  options: O,
  ...args: A
) => Promise<ExitCode | undefined>;

/** Makes of a command's work what commander calls. */
export type Start = <O, A extends readonly unknown[]>(
  load: () => Promise<Action<O, A>>,
) => (...given: unknown[]) => Promise<void>;

/** Adds one command to those of the program. */
export type CommandDefinition = (start: Start) => Command;

export interface CommandText {
  readonly name: string;
  readonly summary: string;
  /** More of it, for `--help`. */
  readonly details?: string;
  /** Whole command lines with what they are for. */
  readonly examples: readonly (readonly [line: string, what: string])[];
}

/** A command with what all of them have: `--config`, `--json`, examples. */
export function newCommand({ name, summary, details, examples }: CommandText): Command {
  return new Command(name)
    .summary(summary)
    .description(details === undefined ? `${summary}.` : `${summary}.\n\n${details}`)
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText('after', examplesText(examples));
}

export const DEFAULT_CONFIG = 'config/app.toml';

function configOption(): Option {
  return new Option(
    '-c, --config <file>',
    'the configuration; protocols.toml lies beside it',
  ).default(DEFAULT_CONFIG);
}

function jsonOption(): Option {
  return new Option('--json', 'print the result as JSON, for programs');
}

export function examplesText(examples: CommandText['examples']): string {
  const widest = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `  ${line.padEnd(widest)}  ${what}`);
  return ['', 'Examples:', ...lines].join('\n');
}
