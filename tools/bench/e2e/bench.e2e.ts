/** The bench with very little work: real writer, real load, figures as JSON; and that Ctrl-C leaves nothing behind. */
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, Run } from '@elmetron/rig';
import { afterEach, beforeEach, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const RECORDS = 2_000;
let dir: string;
let run: Run | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'elmetron-bench-e2e-'));
});
afterEach(async () => {
  await run?.kill();
  rmSync(dir, { recursive: true, force: true });
});

function bench(...args: string[]): Run {
  run = Run.start('bench', [MAIN, '--quick', '--dir', dir, ...args], { cwd: dir, apart: true });
  return run;
}

interface Told {
  readonly measurements: readonly {
    readonly name: string;
    readonly failed: string | null;
    readonly figures: readonly { readonly name: string; readonly runs: readonly number[] }[];
  }[];
  readonly targets: readonly { readonly name: string; readonly value: number | null }[];
}

const toldBy = (measuring: Run): Told => JSON.parse(measuring.stdout.join('\n')) as Told;

/** Processes that work in the directory or below it. */
function alive(): number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const within = /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`).startsWith(dir);
      return within ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

// /proc tells what the processes cost; there is none elsewhere.
const onLinux = test.skipIf(process.platform !== 'linux');

onLinux('measures end to end, beside the limits, and says so as JSON alone', async () => {
  const measuring = bench(
    ...['--only', 'end-to-end', '--only', 'limits', '--records', String(RECORDS), '--runs', '2'],
    '--json',
  );
  expect(await measuring.exited, measuring.tail()).toEqual({ code: 0, signal: null });
  const told = toldBy(measuring);
  expect(told.measurements.map(({ name, failed }) => [name, failed])).toEqual([
    ['end-to-end', null],
    ['limits', null],
  ]);
  const figures = told.measurements.flatMap((measurement) => measurement.figures);
  expect(figures.length).toBeGreaterThan(5);
  for (const { name, runs } of figures) {
    expect(runs, name).toHaveLength(2);
    for (const value of runs) expect(value, name).toBeGreaterThan(0);
  }
  const ratio = told.targets.find(({ name }) => name === 'end_to_end_to_ceiling');
  expect(ratio?.value).toBeGreaterThan(0);
  expect(told.targets.find(({ name }) => name === 'recovery_to_base_line')?.value).toBeNull();
  expect(readdirSync(dir)).toEqual([]);
});

onLinux('measures what the parts cost by themselves', async () => {
  const measuring = bench('--only', 'bare', '--json');
  // It fails when a frame of the meter was not acknowledged.
  expect(await measuring.exited, measuring.tail()).toEqual({ code: 0, signal: null });
  const [measured] = toldBy(measuring).measurements;
  const runs = (name: string) => measured?.figures.find((figure) => figure.name === name)?.runs;
  expect(runs('cpu_80hz')?.[0]).toBeGreaterThan(0);
  expect(runs('p50_80hz')?.[0]).toBeGreaterThan(0);
  expect(runs('cpu_1hz'), 'left out of a quick bench').toEqual([]);
  expect(readdirSync(dir)).toEqual([]);
});

onLinux('an interruption ends every process and removes every file', async () => {
  const measuring = bench('--only', 'end-to-end', '--records', '300000');
  // The bench itself, its load, and the writer.
  await eventually('a writer', () => alive().length === 3, 60_000);
  measuring.signal('SIGINT');
  expect(await measuring.exited, measuring.tail()).toMatchObject({ code: 130 });
  expect(readdirSync(dir)).toEqual([]);
  expect(alive()).toEqual([]);
});
