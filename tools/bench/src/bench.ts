/** One bench from its options to its exit code: measures, judges, tells. Whatever happens, nothing is left running. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchError } from './bench-error.js';
import { CHECKED_MEASUREMENTS, compare, readRatios, storeRatios } from './check.js';
import type { Measurement } from './measurement.js';
import type { Options } from './options.js';
import { progressTo } from './progress.js';
import { chart } from './report/chart.js';
import { checkTable } from './report/check-table.js';
import { asObject } from './report/json.js';
import { readResults } from './report/read-results.js';
import { table } from './report/table.js';
import { lookupIn, thisMachine, type Results } from './results.js';
import { runMeasurements, type Measured } from './run-measurements.js';
import { judge, targets, type Judged } from './targets.js';

const RATIOS = fileURLToPath(new URL('../ratios.json', import.meta.url));

/** Resolves to the exit code. */
export async function bench(options: Options, all: readonly Measurement[]): Promise<number> {
  try {
    const results =
      options.from === undefined ? await measured(options, all) : readResults(options.from);
    const judged = judge(targets, lookupIn(results.measured));
    tell(options, results, judged);
    if (results.measured.some(({ failed }) => failed !== undefined)) return 1;
    return options.check ? check(options, judged) : 0;
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    return error.code === 'usage' ? 2 : error.code === 'interrupted' ? 130 : 1;
  }
}

function tell({ json, chart: drawing }: Options, results: Results, judged: Judged[]): void {
  const text = `${JSON.stringify(asObject(results, judged), null, 2)}\n`;
  // Whoever wants JSON on standard output wants nothing else there.
  (json === true ? process.stderr : process.stdout).write(`${table(results, judged)}\n`);
  if (json === true) process.stdout.write(text);
  else if (json !== undefined) writeFileSync(json, text);
  if (drawing !== undefined) writeFileSync(drawing, chart(results.measured));
}

function check({ store, json }: Options, judged: Judged[]): number {
  const compared = compare(judged, existsSync(RATIOS) ? readRatios(RATIOS) : {});
  (json === true ? process.stderr : process.stdout).write(`${checkTable(compared)}\n`);
  if (!store) return compared.some(({ worse }) => worse) ? 1 : 0;
  storeRatios(RATIOS, judged);
  process.stderr.write(`Stored in ${RATIOS}\n`);
  return 0;
}

function chosen({ only, check }: Options, all: readonly Measurement[]): readonly Measurement[] {
  const names = check ? CHECKED_MEASUREMENTS : only;
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

/** Of a quick bench; what is asked for by its name is not among them. */
function leftOut({ quick, only }: Options, of: readonly Measurement[]): Measured[] {
  if (!quick || only.length > 0) return [];
  return of.flatMap(({ name, title, notQuick }) =>
    notQuick === undefined ? [] : [{ name, title, figures: [], leftOut: notQuick }],
  );
}

async function measured(options: Options, all: readonly Measurement[]): Promise<Results> {
  if (process.platform !== 'linux') {
    throw new BenchError('usage', 'It needs Linux: it asks /proc what the processes cost.');
  }
  const { quick, runs, records, cpuProf, dir } = options;
  const wanted = chosen(options, all);
  const omitted = leftOut(options, wanted);
  const measurements = wanted.filter(({ name }) => omitted.every((other) => other.name !== name));
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
      measured: [
        ...(await runMeasurements(measurements, {
          quick,
          runs,
          ...(records === undefined ? {} : { records }),
          ...(cpuProf === undefined ? {} : { cpuProf: resolve(cpuProf) }),
          parent: resolve(dir ?? tmpdir()),
          signal: stop.signal,
          progress: bar.show,
        })),
        ...omitted,
      ],
    };
  } finally {
    bar.end();
    for (const signal of signals) process.off(signal, interrupted);
  }
}
