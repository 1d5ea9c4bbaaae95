/**
 * PM2 as a program beside ours, with a home of its own below data/pm2: no PM2 of the machine is touched, and none
 * is left behind.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { local, run } from './command.mjs';
import { PM2_HOME, SOCKETS } from './project.mjs';
import { answers } from './single-start.mjs';

const RPC = process.platform === 'win32' ? '\\\\.\\pipe\\rpc.sock' : join(SOCKETS, 'rpc.sock');

/** What PM2 has to know to be ours: where it lives, and to ask nobody outside about itself. */
export const PM2_ENV = {
  PM2_HOME,
  PM2_DAEMON_RPC_PORT: RPC,
  PM2_DAEMON_PUB_PORT: join(SOCKETS, 'pub.sock'),
  PM2_INTERACTOR_RPC_PORT: join(SOCKETS, 'interactor.sock'),
  PM2_DISCRETE_MODE: 'true',
  PM2_DISABLE_VERSION_CHECK: 'true',
  PM2_NO_INTERACTION: 'true',
};

/** @param {...string} args */
export const pm2 = (...args) => local('pm2/bin/pm2', ...args);

/**
 * Ctrl-C is for npm start, which then still needs what it asks PM2 for.
 * @param {Record<string, string>} env
 * @param {...string} args
 */
const ask = (env, ...args) =>
  run(`pm2 ${args[0]}`, pm2(...args), { env: { ...PM2_ENV, ...env }, apart: true });

/** Whether our PM2 runs; asking PM2 itself would start it. */
export const isRunning = () => answers(RPC);

/**
 * @typedef {object} Managed
 * @property {string} name
 * @property {number} pid 0 when it does not run
 * @property {string} status
 * @property {number} restarts
 * @property {string} log
 */

/** @returns {Promise<Managed[]>} */
export async function list() {
  const output = await ask({}, 'jlist');
  const line = output.split('\n').findLast((text) => text.startsWith('[{') || text === '[]');
  /** @type {{ name: string, pid: number, pm2_env: { status: string, restart_time: number, pm_out_log_path: string } }[]} */
  const processes = JSON.parse(line ?? '[]');
  return processes.map(({ name, pid, pm2_env: env }) => ({
    name,
    pid,
    status: env.status,
    restarts: env.restart_time,
    log: env.pm_out_log_path,
  }));
}

/** @param {Record<string, string>} env */
export async function startAll(env) {
  await ask(env, 'start', 'config/ecosystem.config.cjs');
}

/** Who is stopped before whom: what makes records before what keeps them, the emulated meter last. */
const ORDER = [/^acquisition/, /^writer/, /^/];

/**
 * Stops every process in order, then PM2.
 * @param {(line: string) => void} say
 */
export async function stopAll(say) {
  if (!(await isRunning())) return;
  let left = await list();
  const pids = left.map(({ pid }) => pid).filter((pid) => pid > 0);
  for (const group of ORDER) {
    const names = left.map(({ name }) => name).filter((name) => group.test(name));
    left = left.filter(({ name }) => !names.includes(name));
    if (names.length === 0) continue;
    say(`Stopping ${names.join(', ')} ...`);
    // A process that waits for its restart has nothing to stop, which PM2 calls an error.
    await ask({}, 'stop', ...names).catch(() => undefined);
  }
  await ask({}, 'kill');
  for (let tries = 0; tries < 50 && (await isRunning()); tries += 1) await delay(100);
  const alive = pids.filter(isAlive);
  if (alive.length > 0 || (await isRunning())) {
    throw new Error(
      `could not be stopped: ${alive.length > 0 ? `process ${alive.join(', ')}` : 'PM2'}`,
    );
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
