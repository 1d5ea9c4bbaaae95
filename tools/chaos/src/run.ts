/**
 * One run: rounds of faults until there have been enough, after each the system comes to rest and what
 * it holds is proved, and at the end everything is stopped in order and proved once more.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually, PATIENCE_MS, readOrNone } from '@elmetron/rig';
import { Assault } from './assault/assault.js';
import { Schedule } from './assault/schedule.js';
import { WRITERS, type Bench } from './bench/bench.js';
import { bufferNames, namesIn, spoolNames } from './bench/files.js';
import { openSessions, unrest } from './proof/quiet.js';
import { prove, type MeterEvidence } from './proof/prove.js';
import { readStored } from './proof/stored.js';
import type { Figures, Violation } from './proof/verdict.js';
import type { Tally } from './tally.js';

/** What is in a run's way as long as it takes; a machine may be slow. */
const QUIET_WITHIN_MS = 120_000;
const TOLD_AFTER_MS = 10_000;
/** A silent meter has something to say once in ten seconds. */
const PROOF_TRIES = 10;

export interface RunOptions {
  readonly seed: number;
  /** Rounds of the fewest steps that have every kind of fault. */
  readonly short: boolean;
  /** Asked before every step. */
  readonly enough: () => boolean;
  readonly signal: AbortSignal;
  /** Called after each step. */
  readonly progress: (doing: string) => void;
  /** What a person may want to know meanwhile. */
  readonly say: (line: string) => void;
}

export interface Result {
  readonly violations: readonly Violation[];
  readonly figures: Figures | undefined;
  readonly recoveries: {
    readonly withReplay: number;
    readonly measurements: number;
    readonly killed: number;
  };
  readonly killsSeenByPm2: number;
  readonly seconds: number;
}

export async function run(bench: Bench, tally: Tally, options: RunOptions): Promise<Result> {
  const { seed, short, enough, signal, progress, say } = options;
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const schedule = new Schedule(seed, bench.places.length, short);
  const assault = new Assault(bench, tally, signal);
  let outcome: Outcome = { violations: [], figures: undefined };
  const over = (): boolean => signal.aborted || enough();

  progress('starting');
  await bench.start();
  while (!over() && outcome.violations.length === 0) {
    const { steps, commitIntervalMs } = schedule.nextRound();
    bench.configuration.writeWriter(commitIntervalMs);
    for (const step of steps) {
      if (over()) break;
      await assault.carryOut(step);
      progress(step.action.kind);
    }
    await assault.cease();
    tally.rounds++;
    progress('coming to rest');
    outcome = await restAndProve(bench, tally, true, say);
    for (const { meter } of bench.places) meter.behave();
  }
  if (outcome.violations.length === 0) {
    progress('stopping in order');
    await bench.pm2.stop(bench.acquisitions);
    countForced(bench, tally);
    await comeToRest(
      () => deliveries(bench),
      say,
      () => onceMore(bench),
    );
    await bench.pm2.stop([...WRITERS]).catch(() => undefined);
    outcome = await restAndProve(bench, tally, false, say);
  }
  return {
    ...outcome,
    recoveries: recoveriesIn(bench),
    killsSeenByPm2: bench.pm2.killsSeen(),
    seconds: seconds(),
  };
}

interface Outcome {
  readonly violations: readonly Violation[];
  readonly figures: Figures | undefined;
}

async function restAndProve(
  bench: Bench,
  tally: Tally,
  running: boolean,
  say: RunOptions['say'],
): Promise<Outcome> {
  // Links that are just coming back begin their sessions, then no reading comes any more.
  if (running) await delay(300);
  for (const { meter } of bench.places) meter.tell({ command: 'silence', on: true });
  const since = performance.now();
  // What a killed recovery left is taken up by the writer's sweep within a minute; mostly a person is quicker.
  const byHand = running && tally.rounds % 5 !== 0;
  const recover = async (): Promise<void> => {
    if (!byHand || bufferNames(bench.configuration.capturesDir).length === 0) return;
    tally.recoveriesByHand++;
    await bench.recover();
  };
  const restless = (): string[] => unrest(bench, running);
  let waits: string[];
  let meters: MeterEvidence[];
  let tries = 0;
  do {
    waits = await comeToRest(restless, say, recover);
    meters = await evidenceOf(bench, tally);
    tries++;
    // An event of a meter that is silent may have passed meanwhile: then what is in the database is not yet
    // what has passed. From here on nothing passes, because nobody else has a turn in this process.
  } while (waits.length === 0 && restless().length > 0 && tries < PROOF_TRIES);
  tally.restMs += performance.now() - since;
  const violations: Violation[] = waits.map((what) => ({ kind: 'restless', what }));
  const stored = readStored(bench.configuration.databasePath);
  const verdict = prove({ meters, stored, open: openSessions(bench, running) });
  violations.push(...verdict.violations, ...leftOvers(bench, running));
  violations.push(
    ...bench.broken.map(({ message }) => ({ kind: 'alarm' as const, what: message })),
  );
  return { violations, figures: verdict.figures };
}

async function evidenceOf({ places }: Bench, tally: Tally): Promise<MeterEvidence[]> {
  return Promise.all(
    places.map(async ({ source, meter, witness }) => {
      meter.check();
      const kills = tally.acquisitionKills.get(source.name) ?? [];
      return { name: source.name, account: await meter.account(), passed: witness, kills };
    }),
  );
}

/** Waits until there is nothing left to wait for, twice in a row; what there still was at the end of the patience. */
async function comeToRest(
  unrest: () => string[],
  say: RunOptions['say'],
  impatient: () => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  const since = performance.now();
  let told = 0;
  let calm = 0;
  for (;;) {
    const waits = unrest();
    calm = waits.length === 0 ? calm + 1 : 0;
    const waited = performance.now() - since;
    if (calm === 2 || waited > QUIET_WITHIN_MS) return waits;
    if (waited > (told + 1) * TOLD_AFTER_MS) {
      told++;
      say(`still at work after ${(waited / 1000).toFixed(0)} s: ${waits.slice(0, 3).join('; ')}`);
      await impatient();
    }
    await delay(150);
  }
}

/**
 * An acquisition that did not stop in the time it has was killed by PM2: on a machine that is busy
 * enough. It is a kill like any other, and said in the result.
 */
function countForced({ places, pm2 }: Bench, tally: Tally): void {
  for (const { source } of places) {
    const own = tally.acquisitionKills.get(source.name)?.length ?? 0;
    for (let seen = pm2.killsSeen(`acquisition-${source.name}`); seen > own; seen--) {
      tally.forced(source.name, Date.now());
    }
  }
}

/**
 * An acquisition that was stopped before a consumer had reached it, just after a restart on a busy machine, leaves
 * what it owes in its spool; its next life delivers it.
 */
async function onceMore(bench: Bench): Promise<void> {
  const owed = deliveries(bench);
  await bench.pm2.start(bench.acquisitions);
  await eventually(
    'the spools to be delivered',
    () => !deliveries(bench).some((name) => owed.includes(name)),
    PATIENCE_MS,
    () => deliveries(bench).join('; '),
  );
  await bench.pm2.stop(bench.acquisitions);
}

/** What has passed and is not acknowledged, and what is still in a spool. */
function deliveries({ places, configuration }: Bench): string[] {
  return places.flatMap(({ source }) => spoolNames(configuration.spoolDir(source)));
}

function leftOvers({ configuration, places }: Bench, running: boolean): Violation[] {
  const { capturesDir } = configuration;
  const names = namesIn(join(capturesDir, 'quarantine'));
  if (!running) {
    names.push(...bufferNames(capturesDir));
    names.push(...places.flatMap(({ source }) => spoolNames(configuration.spoolDir(source))));
  }
  return names.map((what) => ({ kind: 'left_over', what }));
}

function recoveriesIn({ dir }: Bench): Result['recoveries'] {
  const logs = WRITERS.map((name) => readOrNone(join(dir, 'logs', `${name}.log`))).join('\n');
  const replays = [...logs.matchAll(/^Recovered (\d+) measurements from [1-9]\d* crashed/gm)];
  return {
    withReplay: replays.length,
    measurements: replays.reduce((sum, [, count]) => sum + Number(count), 0),
    killed: logs.match(/Recovery failed: it ended with SIGKILL/g)?.length ?? 0,
  };
}
