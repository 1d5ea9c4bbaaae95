#!/usr/bin/env node
/**
 * The chaos run as a program: options in, a bench, a run on it, its result out. Whatever happens,
 * nothing is left running.
 */
import { Bench } from './bench/bench.js';
import { parseOptions, USAGE, UsageError, type Options } from './options.js';
import { progressTo } from './progress.js';
import { asObject, table } from './report.js';
import { run } from './run.js';
import { Tally } from './tally.js';

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options === 'help') {
      process.stdout.write(`${USAGE}\n`);
      return 0;
    }
    if (process.platform !== 'linux')
      throw new UsageError('It needs Linux: it asks /proc who is alive.');
    return await attack(options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`chaos: ${error.message}\n`);
    return 2;
  }
}

/** The exit code. */
async function attack({ limit, meters, seed, tree, json }: Options): Promise<number> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const stop = new AbortController();
  const bench = await Bench.open({ tree, meters, seed });
  say(`chaos: seed ${seed}, ${meters} meter(s), in ${bench.dir}`);
  let keep = true;
  const interrupted = (): void => {
    if (stop.signal.aborted) void bench.close().finally(() => process.exit(130));
    else say('\nEnding the run in order, with its proof; Ctrl-C again ends it at once.');
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);

  const tally = new Tally();
  const bar = progressTo(process.stderr, limit.count, limit.unit);
  const began = performance.now();
  const done = (): number => {
    if (limit.unit === 'kills') return tally.kills.length;
    return limit.unit === 'rounds' ? tally.rounds : (performance.now() - began) / 1000;
  };
  try {
    const result = await run(bench, tally, {
      seed,
      short: limit.unit === 'rounds',
      enough: () => done() >= limit.count,
      signal: stop.signal,
      say,
      progress: (doing) => bar.show(Math.floor(done()), doing),
    });
    bar.end();
    const sum = (of: (place: (typeof bench.places)[number]) => number): number =>
      bench.places.reduce((all, place) => all + of(place), 0);
    const fenced = sum(({ witness }) => witness.fenced);
    const acknowledgements = sum(({ witness }) => witness.acknowledgements);
    const told = { seed, meters, tally, result, fenced, acknowledgements };
    process.stdout.write(json ? `${JSON.stringify(asObject(told))}\n` : table(told));
    keep = result.violations.length > 0;
    return keep ? 1 : 0;
  } finally {
    bar.end();
    await bench.close();
    if (keep) say(`Everything of this run is kept in ${bench.dir}`);
    else bench.remove();
  }
}
