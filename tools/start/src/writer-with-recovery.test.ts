/** What the writer's launcher promises to any process manager. */
import { spawn } from 'node:child_process';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StandIns, standIn } from './testing/stand-ins.js';

let standIns: StandIns;
beforeEach(() => {
  standIns = new StandIns();
});
afterEach(() => {
  standIns.remove();
});

function launch() {
  const child = spawn(process.execPath, ['config/writer-with-recovery.mjs'], {
    cwd: standIns.dir,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { child, exited, output: () => output };
}

const happened = (what: string) =>
  vi.waitFor(() => {
    expect(standIns.events().map((event) => event.what)).toContain(what);
  }, 15_000);

test('recovery first, then the writer in the process that was started', async () => {
  const { child, exited } = launch();
  await happened('writer start');
  expect(standIns.events().map(({ what }) => what)).toEqual(['recovery start', 'writer start']);
  expect(standIns.events()[1]?.pid).toBe(child.pid);

  child.kill('SIGTERM');
  expect(await exited).toBe(90);
  expect(standIns.events().at(-1)?.what).toBe('writer stop');
});

test('a recovery that fails is reported and keeps the writer from nothing', async () => {
  standIns.replace('apps/recovery', 'process.exit(1);');
  const { child, exited, output } = launch();
  await happened('writer start');
  child.kill('SIGTERM');
  // By then all that it printed has been read.
  await exited;
  expect(JSON.parse(output())).toMatchObject({ level: 40, name: 'writer' });
});

test('a recovery that is not there keeps the writer from nothing', async () => {
  standIns.replace('apps/recovery', 'import "./missing.js";');
  const { child, exited } = launch();
  await happened('writer start');
  child.kill('SIGTERM');
  await exited;
});

test('told to stop while recovery runs: recovery is told, and no writer starts', async () => {
  standIns.replace('apps/recovery', standIn('recovery'));
  const { child, exited } = launch();
  await happened('recovery start');
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
  expect(standIns.events().map(({ what }) => what)).toEqual(['recovery start', 'recovery stop']);
});

test('a writer that fails keeps its exit code', async () => {
  standIns.replace('apps/writer', 'process.exit(2);');
  expect(await launch().exited).toBe(2);
});
