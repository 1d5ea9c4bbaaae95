/**
 * The page left open: many meters at one reading a second through the real pipeline, one page that shows them all,
 * and a look now and then at whether anything grows or is held up.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Bench } from '../../bench.js';
import { eventually, PATIENCE_MS } from '../../eventually.js';
import type { Run } from '../../run.js';
import { addMeters } from '../../several-meters.js';
import { watchLongTasks } from '../in-page/watch-frames.js';
import { ReadingDelays } from '../reading-delays.js';
import { TestBrowser } from '../test-browser.js';
import type { WatchedPage } from '../watched-page.js';
import { Probe, type Sample } from './probe.js';
import { expectAllStored } from './stored.js';

export interface SoakOptions {
  readonly meters: number;
  readonly minutes: number;
  /** Between two looks. */
  readonly everySeconds: number;
  readonly signal: AbortSignal;
  readonly sampled: (sample: Sample) => void;
  readonly say: (line: string) => void;
}

export interface SoakResult {
  readonly samples: readonly Sample[];
  /** What happened in the page that must not. */
  readonly faults: readonly string[];
  /** Readings in the database at the end, of all meters. */
  readonly stored: number;
}

/** Large enough that all of twenty meters are in sight: what is out of sight is not drawn. */
const WALL = { width: 1920, height: 1600 } as const;

/** Quiet: what a process prints is kept by whoever started it, for an hour. */
const QUIET = { log: { level: 'warn' } } as const;

/** Everything that it has started has ended when it resolves or rejects. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const bench = await Bench.open({ profile: { poll_interval_s: 1 }, config: QUIET });
  try {
    const { dashboard, acquisitions } = await start(bench, options);
    const browser = await TestBrowser.open();
    try {
      const page = await browser.open(`http://127.0.0.1:${bench.ports.dashboard}`, {
        path: '/#/live',
        viewport: WALL,
      });
      const samples = await watch(bench, page, dashboard, options);
      const { faults } = browser;
      await Promise.all(acquisitions.map((acquisition) => acquisition.stop()));
      return { samples, faults, stored: await expectAllStored(bench, options.meters) };
    } finally {
      await browser.close();
    }
  } finally {
    await bench.close();
  }
}

async function start(
  bench: Bench,
  { meters, say }: SoakOptions,
): Promise<{ dashboard: Run; acquisitions: Run[] }> {
  say(`starting ${meters} meters, their acquisitions, a writer and a dashboard`);
  const added = await addMeters(bench, meters - 1, QUIET);
  await bench.startMeter();
  for (const meter of added) await meter.startMeter();
  const writer = bench.startWriter();
  const acquisitions = [bench.startAcquisition()];
  for (const meter of added) {
    // A bench starts its meters one after the other too; all at once they would poll at once.
    await delay(200);
    acquisitions.push(meter.startAcquisition());
  }
  const dashboard = bench.startDashboard();
  await eventually(
    'a session of every meter in the database',
    () => sessionsIn(bench) === meters,
    2 * PATIENCE_MS,
    () => `${sessionsIn(bench)} are there\n${writer.tail()}`,
  );
  return { dashboard, acquisitions };
}

function sessionsIn(bench: Bench): number {
  try {
    return bench.database().sessions.length;
  } catch {
    return 0;
  }
}

async function watch(
  bench: Bench,
  { page }: WatchedPage,
  dashboard: Run,
  options: SoakOptions,
): Promise<Sample[]> {
  const { meters, minutes, everySeconds, signal, sampled, say } = options;
  await eventually(
    `${meters} meters on the page`,
    async () => (await page.getByRole('article').count()) >= meters,
    PATIENCE_MS,
  );
  await page.evaluate(watchLongTasks);
  const delays = await ReadingDelays.begin(bench, page, 'bench-1');
  try {
    const probe = await Probe.attach({ page, dashboard, delays });
    say(`the page is open; ${minutes} minutes, a look every ${everySeconds} s`);
    const samples: Sample[] = [];
    const began = performance.now();
    const end = began + minutes * 60_000;
    for (let next = began; next <= end && !signal.aborted; next += everySeconds * 1000) {
      await delay(Math.max(0, next - performance.now()), undefined, { signal }).catch(() => {});
      if (dashboard.exit !== undefined) throw new Error(`the dashboard ended\n${dashboard.tail()}`);
      const sample = await probe.sample((performance.now() - began) / 1000);
      samples.push(sample);
      sampled(sample);
    }
    return samples;
  } finally {
    await delays.end();
  }
}
