/** The machine's clock is set while everything runs: an hour back, a day forward, in mid-session. */
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import {
  eventually,
  healthPage,
  OwnedClock,
  PATIENCE_MS,
  readHealth,
  type Bench,
  type BenchOptions,
} from '@elmetron/rig';
import { acknowledges } from './faults.js';
import { deliversAll, expectWhole, measurements, test as base } from './on-a-bench.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

const { missing } = OwnedClock;
if (missing !== undefined) console.log(`skipped: clocks that are set: ${missing}`);
const test = base.skipIf(missing !== undefined);

interface Clocked {
  readonly bench: Bench;
  readonly clock: OwnedClock;
}

async function clocked(
  open: (options?: BenchOptions) => Promise<Bench>,
  options: BenchOptions = {},
): Promise<Clocked> {
  const clocks: OwnedClock[] = [];
  const env = (dir: string): NodeJS.ProcessEnv => {
    const clock = new OwnedClock(dir);
    clocks.push(clock);
    return clock.env;
  };
  const bench = await open({ ...options, env });
  const [clock] = clocks;
  if (clock === undefined) throw new Error('the bench has not asked for its environment');
  return { bench, clock };
}

/** What the timers of acquisition have done until now. */
async function ticks(bench: Bench): Promise<{ polls: number; heartbeats: number; at: number }> {
  const page = await healthPage(bench.ports.acquisition);
  const { heartbeats = 0 } = page['stream'] as Record<string, number>;
  return { polls: Number(page['polls_sent']), heartbeats, at: performance.now() };
}

test('an hour back and a day forward: nothing lost, nothing out of order, no timer stalls or storms', async ({
  open,
}) => {
  const { bench, clock } = await clocked(open);
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 20);
  const before = await ticks(bench);
  for (const seconds of [-HOUR, DAY, 0]) {
    clock.set(seconds);
    const stored = bench.database().measurements.length;
    const { heartbeats } = await ticks(bench);
    // Commits go on in their interval, the readings and heartbeats in theirs: none waits for the clock. There are
    // heartbeats only while something is owed for longer, or nothing comes.
    await measurements(bench, stored + 40);
    writer.signal('SIGSTOP');
    await eventually(
      'two heartbeats more',
      async () => (await ticks(bench)).heartbeats >= heartbeats + 2,
      PATIENCE_MS,
      () => acquisition.tail(),
    );
    writer.signal('SIGCONT');
  }
  const after = await ticks(bench);
  const passed = after.at - before.at;
  // A poll every 50 ms and a heartbeat every second, by the clock that nobody sets, and no more.
  expect(after.polls - before.polls).toBeLessThanOrEqual(passed / 50 + 5);
  expect(after.heartbeats - before.heartbeats).toBeLessThanOrEqual(passed / 1000 + 2);
  const { status, sources } = (await healthPage(bench.ports.writer)) as unknown as {
    status: string;
    sources: { silences: number; hellos: number; gaps: number }[];
  };
  expect(status).toBe('ok');
  expect(sources[0]).toMatchObject({ silences: 0, gaps: 0 });
  await deliversAll(bench, acquisition);
  await writer.stop();
  expect((await expectWhole(bench)).missing).toBe(0);

  const { measurements: rows, sessions, events } = bench.database();
  expect(sessions).toHaveLength(1);
  // The curve of a reading is drawn over this: it knows nothing of the clock.
  for (const [i, { elapsed_ms }] of rows.entries()) {
    const step = elapsed_ms - (rows[i - 1]?.elapsed_ms ?? elapsed_ms - 1);
    expect(step).toBeGreaterThan(0);
    expect(step).toBeLessThan(10_000);
  }
  const jumps = events.filter(({ category }) => category === 'clock').map(({ message }) => message);
  expect(jumps).toHaveLength(3);
  const times = rows.map(({ captured_at }) => Date.parse(captured_at));
  const leaps = times.flatMap((at, i) => {
    const leap = Math.round((at - (times[i - 1] ?? at)) / 1000 / HOUR);
    return leap === 0 ? [] : [leap];
  });
  expect(leaps).toEqual([-1, 25, -24]);
});

test('with the writer away, killed and recovered meanwhile', async ({ open }) => {
  const { bench, clock } = await clocked(open, {
    config: { storage: { commit_interval_ms: 60_000 }, acquisition: { spool_sync_ms: 200 } },
  });
  await bench.startMeter();
  const acquisition = bench.startAcquisition();
  const first = bench.startWriter();
  await acknowledges(first, 10);
  await bench.sent(20);
  clock.set(DAY);
  await bench.sent(40);
  await first.kill();
  // What waits for the writer is synced by the clock that nobody sets: the spool grows and stays sound.
  clock.set(-HOUR);
  await bench.sent(60);
  await eventually(
    'acquisition to keep the readings',
    async () => Number((await readHealth(bench.ports.acquisition))?.['spool_records']) > 10,
    PATIENCE_MS,
  );
  const { exit, output } = await bench.recover();
  expect(exit.code, output).toBe(0);
  expect(output).toMatch(/Recovered [1-9]\d* measurements/);
  await bench.configure({ storage: { commit_interval_ms: 100 } });
  const second = bench.startWriter();
  await measurements(bench, 80);
  await deliversAll(bench, acquisition);
  await second.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
  expect(bench.database().sessions).toHaveLength(1);
  expect(await bench.buffers()).toEqual([]);
});

test('archives go by the days of the clock: one from the future stays, one is not pruned for a day ahead', async ({
  open,
}) => {
  const { bench, clock } = await clocked(open, { config: { storage: { archive_days: 30 } } });
  const dir = bench.path('captures/archive');
  await mkdir(dir, { recursive: true });
  const now = Date.now() / 1000;
  const made: Record<string, number> = {
    future: now + 400 * DAY,
    fresh: now,
    young: now - 28.5 * DAY,
    old: now - 31 * DAY,
  };
  const names: Record<string, string> = {};
  for (const [n, [age, mtime]] of Object.entries(made).entries()) {
    const uuid = `01990000-0000-7000-8000-00000000000${String(n)}`;
    const name = `session_${uuid}_${uuid}_000001_buffer.jsonl.gz`;
    names[name] = age;
    await writeFile(`${dir}/${name}`, gzipSync('{"notes":"of nobody"}\n'));
    await utimes(`${dir}/${name}`, mtime, mtime);
  }
  const left = async (): Promise<string[]> =>
    (await readdir(dir)).map((name) => names[name] ?? name).sort();
  // Where there is no database yet, an archive is kept however old: it may have to be rebuilt from.
  await bench.recover();
  expect(await left()).toEqual(['fresh', 'future', 'old', 'young']);
  const writer = bench.startWriter();
  await writer.logged('The writer runs');
  await writer.stop();
  clock.set(-HOUR);
  expect((await bench.recover()).exit.code).toBe(0);
  expect(await left()).toEqual(['fresh', 'future', 'young']);
  clock.set(DAY);
  expect((await bench.recover()).exit.code).toBe(0);
  expect(await left()).toEqual(['fresh', 'future', 'young']);
});
