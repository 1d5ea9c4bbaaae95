/** The command line that all processes share: `--config FILE`, `--help`, and options of their own. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { RuntimeError } from '../errors.js';

export const DEFAULT_CONFIG = 'config/app.toml';

/** One option of a process beside `--config` and `--help`. */
export interface OptionDefinition {
  /** `flag`: given or not. `text`: takes a value. */
  readonly type: 'flag' | 'text';
  readonly help: string;
}

export type OptionDefinitions = Readonly<Record<string, OptionDefinition>>;

/** The given options by their names: true or false for a flag, the text or undefined for a text. */
export type OptionValues<O extends OptionDefinitions> = {
  readonly [K in keyof O]: O[K]['type'] extends 'flag' ? boolean : string | undefined;
};

export interface CommandLine<O extends OptionDefinitions> {
  readonly help: boolean;
  readonly config: string;
  readonly options: OptionValues<O>;
}

/**
 * @param args without the command's own word
 * @throws RuntimeError `usage`
 */
export function parseCommandLine<O extends OptionDefinitions>(
  args: readonly string[],
  definitions: O,
): CommandLine<O> {
  const options: NonNullable<ParseArgsConfig['options']> = {
    config: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  };
  for (const [name, { type }] of Object.entries(definitions))
    options[name] = { type: type === 'flag' ? 'boolean' : 'string' };
  const given = parse(args, options);
  const entries = Object.entries(definitions).map(([name, { type }]): [string, unknown] => [
    name,
    type === 'flag' ? given[name] === true : given[name],
  ]);
  return {
    help: given['help'] === true,
    config: typeof given['config'] === 'string' ? given['config'] : DEFAULT_CONFIG,
    options: Object.fromEntries(entries) as OptionValues<O>,
  };
}

function parse(args: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    // What follows the first sentence is about writing programs.
    const [what = ''] = cause.message.split('. ');
    throw new RuntimeError('usage', what, { cause });
  }
}

/** What `--help` prints. */
export function usage(
  program: {
    readonly name: string;
    readonly command?: string;
    readonly summary: string;
    readonly examples?: readonly string[];
  },
  definitions: OptionDefinitions,
): string {
  const lines: [string, string][] = [
    ['--config FILE', `the configuration (${DEFAULT_CONFIG}); protocols.toml lies beside it`],
    ...Object.entries(definitions).map(([name, { type, help }]): [string, string] => [
      `--${name}${type === 'text' ? ' VALUE' : ''}`,
      help,
    ]),
    ['--help', 'this page'],
  ];
  const width = Math.max(...lines.map(([option]) => option.length)) + 2;
  const { name, command, examples = [] } = program;
  return [
    `Usage: ${command === undefined ? name : `${name} ${command}`} [options]`,
    '',
    program.summary,
    '',
    ...lines.map(([option, help]) => `  ${option.padEnd(width)}${help}`),
    ...(examples.length === 0 ? [] : ['', 'Examples:', ...examples.map((line) => `  ${line}`)]),
    '',
  ].join('\n');
}
