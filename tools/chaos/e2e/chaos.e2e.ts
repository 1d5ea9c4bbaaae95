/** The short form of the run, as `npm test` has it, and that nothing outlives a run, however it ends. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, Run } from '@elmetron/rig';
import { afterEach, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const runs: Run[] = [];

/** A run of the tool, with directories of its own. */
function chaos(...args: string[]): Run {
  const run = Run.start('chaos', [MAIN, ...args], { cwd: tmpdir(), apart: true });
  runs.push(run);
  return run;
}

/** Processes of any run in the directory, by the PM2_HOME in their environment. */
function alive(dir: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const environment = /^\d+$/.test(name) ? readFileSync(`/proc/${name}/environ`, 'latin1') : '';
      return environment.split('\0').includes(`PM2_HOME=${join(dir, 'pm2')}`) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** The run's directory, once its processes are under PM2. */
async function directoryOf(run: Run): Promise<string> {
  const said = /in (\S+)$/.exec(await printedOn(run, 'in /'))?.[1] ?? '';
  await eventually(
    'its processes',
    () => alive(said).length > 2,
    60_000,
    () => run.tail(),
  );
  return said;
}

async function printedOn(run: Run, text: string): Promise<string> {
  const find = (): string | undefined => run.stderr.find((line) => line.includes(text));
  await eventually(
    `chaos to say ${text}`,
    () => find() !== undefined,
    30_000,
    () => run.tail(),
  );
  return find() ?? '';
}

afterEach(async () => {
  await Promise.all(runs.splice(0).map((run) => run.kill()));
});

// /proc tells who is alive; there is none elsewhere.
const onLinux = test.skipIf(process.platform !== 'linux');

onLinux('a round of every kind of fault: nothing lost, doubled, altered, invented', async () => {
  const run = chaos('--quick', '--json');
  const dir = await directoryOf(run);
  const { code } = await run.exited;
  const said = run.tail();
  expect(code, said).toBe(0);
  const result = JSON.parse(run.stdout.join('')) as Record<string, Record<string, unknown>>;
  expect(result).toMatchObject({ held: true, violations: [], done: { rounds: 1 } });
  expect(result['kills']?.['total']).toBeGreaterThan(25);
  expect(result['figures']?.['framesSent']).toBeGreaterThan(200);
  const { framesSent, lostOnTheWire, allowedOnTheWire, acknowledged, passed, rows } = result[
    'figures'
  ] as Record<string, number>;
  expect(lostOnTheWire).toBeLessThanOrEqual(allowedOnTheWire!);
  expect([acknowledged, rows]).toEqual([passed, passed]);
  expect(passed).toBeGreaterThanOrEqual(framesSent! - lostOnTheWire!);
  expect(alive(dir)).toEqual([]);
  expect(existsSync(dir)).toBe(false);
});

onLinux('Ctrl-C ends it in order, with the proof', async () => {
  const run = chaos('--kills', '1000', '--meters', '1');
  const dir = await directoryOf(run);
  run.signal('SIGINT');
  expect((await run.exited).code, run.tail()).toBe(0);
  expect(run.stdout.join('\n')).toContain('The promise held.');
  expect(alive(dir)).toEqual([]);
  expect(existsSync(dir)).toBe(false);
});

onLinux('killed itself, it leaves nothing running', async () => {
  const run = chaos('--kills', '1000', '--meters', '1');
  const dir = await directoryOf(run);
  await run.kill();
  await eventually('its processes to end', () => alive(dir).length === 0, 30_000);
  await eventually('its directory to go', () => !existsSync(dir), 30_000);
});

onLinux('says what is wrong with its options, and exits 2', async () => {
  const run = chaos('--kills', 'many');
  expect((await run.exited).code).toBe(2);
  expect(run.stderr.join('\n')).toContain('--kills many: a whole number');
});
