/**
 * A bench with the real processes as people run them (their commit interval, their log level), for one
 * measurement: nothing of it is left, however the measurement ends.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Bench, type ConfigChanges, type Run, type SentFrame } from '@elmetron/rig';
import { BenchError } from '../bench-error.js';
import type { MeasurementContext } from '../measurement.js';
import { profiled } from '../profiled.js';

type Place = Pick<MeasurementContext, 'dir' | 'signal' | 'cpuProf'>;

/** The settings of config/app.toml where a bench for tests has others. */
const AS_PEOPLE_RUN_IT: ConfigChanges = {
  storage: { commit_interval_ms: 1000 },
  log: { level: 'info' },
};

export function asPeopleRunIt(changes: ConfigChanges = {}): ConfigChanges {
  const sections = new Set([...Object.keys(AS_PEOPLE_RUN_IT), ...Object.keys(changes)]);
  return Object.fromEntries(
    [...sections].map((name) => [name, { ...AS_PEOPLE_RUN_IT[name], ...changes[name] }]),
  );
}

export interface LineOptions {
  readonly pollsPerSecond: number;
  readonly config?: ConfigChanges;
}

/** Does `work` on a new bench, and closes it. Rejects when the signal is given. */
export async function onALine<T>(
  place: Place,
  { pollsPerSecond, config = {} }: LineOptions,
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const { dir, signal } = place;
  const bench = await Bench.open({
    parent: dir,
    node: profiled(place),
    config: asPeopleRunIt(config),
    profile: { poll_interval_s: 1 / pollsPerSecond },
  });
  const over = new AbortController();
  try {
    return await Promise.race([work(bench), interrupted(signal, over.signal)]);
  } finally {
    over.abort();
    await bench.close();
  }
}

/** The process still runs: a figure of one that has died in between would be one of its absence. */
export function checkAlive(...runs: readonly Run[]): void {
  for (const run of runs) {
    if (run.exit !== undefined)
      throw new BenchError('not_done', `The ${run.name} ended by itself: ${run.tail()}`);
  }
}

/** What the meter has sent whole in the time from the one to before the other, by `microsecondsSinceBoot`. */
export async function framesBetween(
  bench: Bench,
  fromUs: number,
  toUs: number,
): Promise<SentFrame[]> {
  return (await bench.account()).filter(
    ({ whole, bootUs }) => whole && bootUs >= fromUs && bootUs < toUs,
  );
}

/** Waits in steps, so that the progress is seen. */
export async function pass(
  seconds: number,
  { signal, progress }: Pick<MeasurementContext, 'signal' | 'progress'>,
  what: string,
): Promise<void> {
  const began = performance.now();
  for (let gone = 0; gone < seconds; gone = (performance.now() - began) / 1000) {
    progress(gone, seconds, what);
    await delay(Math.max(1, Math.min(1000, (seconds - gone) * 1000)), undefined, { signal });
  }
}

/** Listens for `signal` until `over`: a bench has one signal, and many measurements. */
function interrupted(signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => {
      reject(new BenchError('interrupted', 'The measurement was interrupted.'));
    };
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true, signal: over });
  });
}
