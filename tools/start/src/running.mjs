/** Watches the processes from their start: until each is up, and then for as long as they run. */
import { setTimeout as delay } from 'node:timers/promises';
import { askHealth, describe } from './health.mjs';
import { tail } from './log-tail.mjs';
import { list } from './process-manager.mjs';

/**
 * @typedef {{ name: string, port: number, host?: string, spare?: boolean }} Watched a process and its health port, 0 = it
 *   has none; `spare`: the capture does without it
 * @typedef {import('./process-manager.mjs').Managed} Managed
 */

/** So many exits in a row are a failure, not a stumble. */
const EXITS = 3;
/** A meter that is about to answer is not worth a warning. */
const SETTLE_MS = 10_000;

/** A process that does not come up, with what it said. */
export class ProcessFailed extends Error {}

/**
 * Waits until every process is up and, within a few seconds more, well. A long recovery is waited for.
 * @param {readonly Watched[]} watched
 * @param {ReadonlyMap<string, number>} logSizes how much each log held before the start
 * @param {(line: string) => void} say
 * @param {AbortSignal} signal
 * @returns {Promise<ReadonlySet<string>>} the names of those that the capture does without
 */
export async function untilUp(watched, logSizes, say, signal) {
  const began = Date.now();
  let told = false;
  /** @type {Set<string>} */
  const givenUp = new Set();
  while (!signal.aborted) {
    const managed = await list();
    const failed = managed.filter(
      ({ restarts, status }) => restarts >= EXITS || status === 'errored',
    );
    const fatal = failed.find(({ name }) => !isSpare(name, watched));
    if (fatal !== undefined) throw new ProcessFailed(failure(fatal, logSizes));
    for (const spare of failed.filter(({ name }) => !givenUp.has(name))) {
      givenUp.add(spare.name);
      say(`${failure(spare, logSizes)}\nThe capture goes on without it.`);
    }

    const states = await Promise.all(
      watched.filter(({ name }) => !givenUp.has(name)).map((process) => stateOf(process, managed)),
    );
    const waited = Date.now() - began;
    const late = lateOf(states, waited);
    if (late.length === 0) {
      for (const { name } of states.filter(({ up }) => !up)) {
        givenUp.add(name);
        say(`${name} does not answer yet. The capture goes on without it.`);
      }
      break;
    }
    if (!told && waited > SETTLE_MS) {
      told = true;
      say(
        `Waiting for ${late.join(', ')} (before the writer starts, recovery takes the time it needs) ...`,
      );
    }
    await delay(500, undefined, { signal }).catch(() => undefined);
  }
  return givenUp;
}

/**
 * Who is waited for: whoever is not up, for a few seconds more whoever is not well, and no longer than that for what
 * the capture does without.
 * @param {readonly { name: string, spare: boolean, up: boolean, ok: boolean }[]} states
 * @param {number} waited ms
 * @returns {string[]}
 */
export function lateOf(states, waited) {
  const settling = waited <= SETTLE_MS;
  return states
    .filter(({ spare, up, ok }) => (!up && !(spare && !settling)) || (!ok && settling))
    .map(({ name }) => name);
}

/**
 * @param {Watched} watched
 * @param {readonly Managed[]} managed
 */
async function stateOf({ name, port, host, spare = false }, managed) {
  const online = managed.some((process) => process.name === name && process.status === 'online');
  if (port === 0 || !online) return { name, spare, up: online, ok: online };
  const health = await askHealth(port, host);
  return { name, spare, up: health !== undefined, ok: health?.status === 'ok' };
}

/** @param {string} name @param {readonly Watched[]} watched */
function isSpare(name, watched) {
  return watched.some((one) => one.name === name && one.spare === true);
}

/**
 * @param {Managed} process
 * @param {ReadonlyMap<string, number>} logSizes
 */
function failure({ name, log, restarts }, logSizes) {
  // Each try says the same.
  const lines = new Set(tail(log, logSizes.get(name) ?? 0, 20).map((line) => `\n  ${line}`));
  return `${name} does not stay up (started ${restarts + 1} times). It says:${[...lines].join('')}`;
}

/**
 * Says so when a process's health changes, until `signal`.
 * @param {readonly Watched[]} watched
 * @param {(line: string) => void} say
 * @param {AbortSignal} signal
 */
export async function reportChanges(watched, say, signal) {
  /** @type {Map<string, string>} */
  const last = new Map();
  while (!signal.aborted) {
    for (const { name, port, host } of watched) {
      if (port === 0) continue;
      const health = await askHealth(port, host);
      const now = health === undefined ? 'does not answer' : describe(health);
      if (now !== (last.get(name) ?? 'ok')) {
        say(`${new Date().toTimeString().slice(0, 8)}  ${name}: ${now}`);
      }
      last.set(name, now);
    }
    await delay(2000, undefined, { signal }).catch(() => undefined);
  }
}
