/** One bench from its options to its exit code: measures, judges, tells. Whatever happens, nothing is left running. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { BenchError } from './bench-error.js';
import type { Measurement } from './measurement.js';
import type { Options } from './options.js';
import { progressTo } from './progress.js';
import { asObject } from './report/json.js';
import { table } from './report/table.js';
import { lookupIn, thisMachine, type Results } from './results.js';
import { runMeasurements } from './run-measurements.js';
import { judge, targets } from './targets.js';

/** Resolves to the exit code. */
export async function bench(options: Options, all: readonly Measurement[]): Promise<number> {
  try {
    if (process.platform !== 'linux') {
      throw new BenchError('usage', 'It needs Linux: it asks /proc what the processes cost.');
    }
    const results = await measured(options, chosen(options, all));
    const judged = judge(targets, lookupIn(results.measured));
    const text = table(results, judged);
    const json = `${JSON.stringify(asObject(results, judged), null, 2)}\n`;
    // Whoever wants JSON on standard output wants nothing else there.
    (options.json === true ? process.stderr : process.stdout).write(`${text}\n`);
    if (options.json === true) process.stdout.write(json);
    else if (options.json !== undefined) writeFileSync(options.json, json);
    return results.measured.some(({ failed }) => failed !== undefined) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    return error.code === 'usage' ? 2 : error.code === 'interrupted' ? 130 : 1;
  }
}

function chosen({ only }: Options, all: readonly Measurement[]): readonly Measurement[] {
  return only.length === 0 ? all : all.filter(({ name }) => only.includes(name));
}

async function measured(
  { quick, runs, records, cpuProf, dir }: Options,
  measurements: readonly Measurement[],
): Promise<Results> {
  const stop = new AbortController();
  const interrupted = (): void => stop.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupted);
  const bar = progressTo(process.stderr);
  if (cpuProf !== undefined) mkdirSync(cpuProf, { recursive: true });
  try {
    return {
      at: new Date().toISOString(),
      quick,
      runs,
      machine: thisMachine(),
      measured: await runMeasurements(measurements, {
        quick,
        runs,
        ...(records === undefined ? {} : { records }),
        ...(cpuProf === undefined ? {} : { cpuProf: resolve(cpuProf) }),
        parent: resolve(dir ?? tmpdir()),
        signal: stop.signal,
        progress: bar.show,
      }),
    };
  } finally {
    bar.end();
    for (const signal of signals) process.off(signal, interrupted);
  }
}
