/** The real PM2 with the real ecosystem file: what is restarted, what is not, and what runs before. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PM2_ENV } from './process-manager.mjs';
import { ROOT } from './project.mjs';
import { StandIns } from './testing/stand-ins.js';

let standIns: StandIns;
beforeEach(() => {
  standIns = new StandIns();
});
afterEach(() => {
  pm2({}, 'kill');
  standIns.remove();
}, 60_000);

function pm2(env: Record<string, string>, ...args: string[]): string {
  const home = join(standIns.dir, 'pm2');
  return execFileSync(process.execPath, [join(ROOT, 'node_modules/pm2/bin/pm2'), ...args], {
    cwd: standIns.dir,
    env: {
      ...process.env,
      ...PM2_ENV,
      PM2_HOME: home,
      PM2_DAEMON_RPC_PORT: join(home, 'rpc.sock'),
      PM2_DAEMON_PUB_PORT: join(home, 'pub.sock'),
      PM2_INTERACTOR_RPC_PORT: join(home, 'interactor.sock'),
      ...env,
    },
    encoding: 'utf8',
  });
}

const start = (env: Record<string, string> = {}, ...args: string[]) =>
  pm2(env, 'start', 'config/ecosystem.config.cjs', ...args);

const starts = (name: string) => standIns.events().filter(({ what }) => what === `${name} start`);

/** The process id of the `count`th start, once it has happened. */
async function startOf(name: string, count: number): Promise<number> {
  await vi.waitFor(() => {
    expect(starts(name).length).toBeGreaterThanOrEqual(count);
  }, 30_000);
  return starts(name)[count - 1]?.pid ?? 0;
}

test('kills are made good, recovery first; a writer that has finished stays away', async () => {
  start();
  await startOf('meter', 1);
  await startOf('acquisition', 1);

  process.kill(await startOf('writer', 1), 'SIGKILL');
  const second = await startOf('writer', 2);
  expect(starts('recovery')).toHaveLength(2);

  process.kill(second, 'SIGUSR2');
  // Two restarts of another process take longer than the one that must not come.
  process.kill(await startOf('acquisition', 1), 'SIGKILL');
  process.kill(await startOf('acquisition', 2), 'SIGKILL');
  await startOf('acquisition', 3);
  expect(starts('writer')).toHaveLength(2);
  expect(starts('recovery')).toHaveLength(2);
}, 120_000);

test('a second writer by another name, and the processes of another configuration beside them', async () => {
  start();
  start({ ELMETRON_WRITER: 'writer-b' }, '--only', 'writer-b');
  copyFileSync(join(standIns.dir, 'config/app.toml'), join(standIns.dir, 'config/bench-2.toml'));
  start({ ELMETRON_CONFIG: 'config/bench-2.toml' }, '--only', 'acquisition-bench-2');
  await startOf('writer', 2);
  await startOf('acquisition', 2);
  const names = (JSON.parse(pm2({}, 'jlist')) as { name: string }[]).map(({ name }) => name);
  expect(names.sort()).toEqual([
    'acquisition',
    'acquisition-bench-2',
    'dashboard',
    'meter',
    'writer',
    'writer-b',
  ]);
}, 120_000);

test('no page where the configuration has none, or shows it with those of another one', async () => {
  writeFileSync(join(standIns.dir, 'config/app.toml'), '[dashboard]\nport = 0\n');
  start();
  await startOf('acquisition', 1);
  await startOf('writer', 1);
  expect(starts('dashboard')).toEqual([]);
}, 120_000);
