/** The command line. */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

export const USAGE = `Usage: npm run chaos -- [options]
Runs the real processes under the process manager, kills them at random, and proves after every round
that nothing was lost, doubled, altered or invented. Needs Linux.
  --kills N        until so many processes were killed (default 100)
  --time SECONDS   for so long, instead
  --meters N       emulated meters, each with its own acquisition (1 to 8, default 4)
  --seed N         the same seed does the same things in the same order (default: drawn, and printed)
  --quick          a short run with a fixed seed and every kind of fault
  --tree DIR       the built tree whose processes are run (default: this one)
  --json           the result as one JSON object
Exit code 0: the promise held; 1: it did not, the run's directory is kept; 2: usage.
Ctrl-C ends the run in order, with its proof; a second one ends it at once.`;

/** When it has been enough. */
export type Limit =
  | { readonly unit: 'kills'; readonly count: number }
  | { readonly unit: 'seconds'; readonly count: number }
  | { readonly unit: 'rounds'; readonly count: number };

export interface Options {
  readonly limit: Limit;
  readonly meters: number;
  readonly seed: number;
  readonly tree: string;
  readonly json: boolean;
}

/** What the person can mend: said in one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A round has every kind of fault in it. */
const QUICK = { rounds: 1, meters: '3', seed: '20261124' };

/** 'help' when that is asked for. Throws UsageError. */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const given = parsed(args);
  if (given.help === true) return 'help';
  const { meters, seed } = given.quick === true ? { ...QUICK, ...given } : given;
  if (given.kills !== undefined && given.time !== undefined) {
    throw new UsageError('--kills and --time: give one of them.');
  }
  const tree = resolve(given.tree ?? PROJECT);
  if (!existsSync(resolve(tree, 'apps/writer/dist/main.js'))) {
    throw new UsageError(`--tree ${tree}: no built project there; npm run build makes it one.`);
  }
  return {
    limit: limitOf(given),
    meters: whole('--meters', meters ?? '4', 1, 8),
    seed: seed === undefined ? randomInt(2 ** 32) : whole('--seed', seed, 0, 2 ** 32 - 1),
    tree,
    json: given.json ?? false,
  };
}

function limitOf({ kills, time, quick }: ReturnType<typeof parsed>): Limit {
  if (time !== undefined) return { unit: 'seconds', count: whole('--time', time, 1, 1_000_000) };
  if (quick === true && kills === undefined) return { unit: 'rounds', count: QUICK.rounds };
  return { unit: 'kills', count: whole('--kills', kills ?? '100', 1, 1_000_000) };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        kills: text,
        time: text,
        meters: text,
        seed: text,
        tree: text,
        quick: flag,
        json: flag,
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${name} ${text}: a whole number from ${least} to ${most}.`);
}
