/** The command line. */
import { Command as Program, InvalidArgumentError, Option } from 'commander';

export interface Options {
  readonly only: readonly string[];
  readonly runs: number;
  readonly quick: boolean;
  readonly records?: number;
  /** True: on standard output; a text: into that file. */
  readonly json?: string | true;
  readonly chart?: string;
  /** Earlier results, instead of measuring. */
  readonly from?: string;
  readonly check: boolean;
  readonly store: boolean;
  readonly cpuProf?: string;
  readonly dir?: string;
}

const RUNS = { usual: 5, quick: 1, check: 3 };

const HELP = `
Every figure is taken by the real processes on real files with a fixed amount of work; what is compared takes turns.
Exit code 0: measured (a target that is missed is said in the table); 1: --check found it slower than stored, or a
measurement failed; 2: usage.
Ctrl-C ends everything and removes the files.`;

/** Ends the process at --help (0) and at a wrong option (2), as commander does. */
export function parseOptions(argv: readonly string[], names: readonly string[]): Options {
  const program = new Program('npm run bench --')
    .usage('[options]')
    .description('Measures how fast readings become durable, against the limits of this machine.')
    .addOption(
      new Option('--only <name>', `only this measurement (may be repeated): ${names.join(', ')}`)
        .default([], 'all')
        .argParser((text, before: string[]) => [...before, oneOf(text, names)]),
    )
    .addOption(
      new Option('--runs <n>', `repetitions (${RUNS.usual}; with --quick ${RUNS.quick})`).argParser(
        (text) => whole(text, 1, 100),
      ),
    )
    .addOption(new Option('--quick', 'less work: under two minutes').default(false))
    .addOption(
      new Option('--records <n>', 'so many records as the fixed work').argParser((text) =>
        whole(text, 100, 100_000_000),
      ),
    )
    .addOption(
      new Option('--json [file]', 'the results as JSON, on standard output or in the file'),
    )
    .addOption(new Option('--chart <file>', 'draw throughput and latency as SVG'))
    .addOption(
      new Option('--from <file>', 'measure nothing: tell and draw what --json has written'),
    )
    .addOption(
      new Option('--check', 'compare ratios, quickly, with those in ratios.json').default(false),
    )
    .addOption(new Option('--store', 'with --check: write them there').default(false))
    .addOption(new Option('--cpu-prof <dir>', 'CPU profiles of writer and recovery go there'))
    .addOption(
      new Option('--dir <dir>', 'measure on the disk of this directory (the temporary one)'),
    )
    .addHelpText('after', HELP)
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    })
    .parse([...argv], { from: 'user' });
  return toOptions(program, program.opts<Parsed>());
}

interface Parsed extends Omit<Options, 'runs'> {
  readonly runs?: number;
}

function toOptions(program: Program, parsed: Parsed): Options {
  if (parsed.store && !parsed.check) program.error('error: --store goes with --check');
  if (parsed.check && (parsed.only.length > 0 || parsed.from !== undefined)) {
    program.error('error: --check has measurements of its own; leave out --only and --from');
  }
  const usual = parsed.check ? RUNS.check : parsed.quick ? RUNS.quick : RUNS.usual;
  return { ...parsed, quick: parsed.quick || parsed.check, runs: parsed.runs ?? usual };
}

function whole(text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new InvalidArgumentError(`allowed: a whole number from ${least} to ${most}.`);
}

function oneOf(text: string, names: readonly string[]): string {
  if (names.includes(text)) return text;
  throw new InvalidArgumentError(`allowed: ${names.join(', ')}.`);
}
