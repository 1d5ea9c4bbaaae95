/** Another program that holds the database, for a minute and under a flood: readings are taken all the same. */
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { newSessionId } from '@elmetron/protocol';
import {
  eventually,
  peakKilobytes,
  readHealth,
  Run,
  writeLargeBuffer,
  type Bench,
} from '@elmetron/rig';
import {
  acknowledged,
  acknowledges,
  complains,
  expectLogged,
  expectStored,
  health,
  isOver,
  stored,
} from './faults.js';
import { deliversAll, expectWhole, measurements, test } from './on-a-bench.js';

/** Another program that holds the database; it says `held` when it does. */
const HOLDER = `
  import { createRequire } from 'node:module';
  const Database = createRequire(process.argv[1])('better-sqlite3');
  const db = new Database(process.argv[2], { timeout: 10_000 });
  db.exec('BEGIN EXCLUSIVE');
  console.log('held');
  setInterval(() => {}, 1000);
`;

async function holdDatabase(bench: Bench, path: string): Promise<Run> {
  const holder = Run.start(
    'holder',
    ['--input-type=module', '-e', HOLDER, import.meta.filename, path],
    {
      cwd: bench.dir,
    },
  );
  bench.atClose(async () => {
    await holder.kill();
  });
  await holder.printed('held');
  return holder;
}

test('locked by another program for a minute (takes that minute): all is taken, synced and acknowledged, then committed', async ({
  open,
}) => {
  const bench = await open({ profile: { poll_interval_s: 0.0125 } });
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 20);
  const holder = await holdDatabase(bench, 'data/demo/elmetron.sqlite');
  const before = bench.database().measurements.length;
  await complains(
    bench,
    'writer',
    'database_locked',
    /is held by another program; close that program/,
  );
  await expectLogged(writer, 'is held by another program', 40);
  const early = peakKilobytes(writer.pid) ?? 0;
  for (let seconds = 0; seconds < 60; seconds += 10) {
    // 80 frames a second come in; a slow machine may take fewer, but never stands still.
    await Promise.all([sleep(10_000), acknowledges(writer, acknowledged(writer) + 50)]);
  }
  expect(bench.database().measurements).toHaveLength(before);
  // What is acknowledged and not stored waits to be committed.
  const waiting = acknowledged(writer) - stored(bench);
  expect(waiting).toBeGreaterThanOrEqual(300);
  const { databases } = await health(bench, 'writer');
  const { uncommitted } = (databases as { demo: { uncommitted: number } }).demo;
  expect(uncommitted).toBeGreaterThanOrEqual(waiting);
  expect(peakKilobytes(writer.pid)).toBeLessThan(early + 100_000);
  await holder.kill();
  await isOver(bench, 'writer', 'database_locked');
  await writer.logged('over: The database');
  await deliversAll(bench, acquisition);
  expect((await writer.stop()).code).toBe(0);
  expect((await expectWhole(bench)).missing).toBe(0);
  expect(await bench.buffers()).toEqual([]);
});

/** Six times what the writer keeps in memory of lines that rest in a buffer. */
const FLOOD_BYTES = 384 * 2 ** 20;
/**
 * That 64 MB, as much on its way, and what a busy machine collects late; well below the flood, or the
 * test could not fail.
 */
const GROWTH_KB = 256 * 1024;

test(
  'a flood while the database is locked: what is let go from memory is read back from the buffers',
  { timeout: 480_000 },
  async ({ open }) => {
    // Large groups: it is memory that is looked at, not how often this disk syncs.
    const bench = await open({
      config: { storage: { buffer_flush_interval: 500 }, log: { level: 'info' } },
    });
    const writer = bench.startWriter();
    await writer.logged('The writer runs');
    const holder = await holdDatabase(bench, 'data/elmetron.sqlite');
    const before = peakKilobytes(writer.pid) ?? NaN;
    // What an acquisition has kept while its writer was away for two days.
    const session = newSessionId();
    mkdirSync(bench.path('data/spool/bench-1'), { recursive: true });
    const spool = bench.path(`data/spool/bench-1/session_${session}_000001_spool.jsonl`);
    const flood = writeLargeBuffer(spool, session, { bytes: FLOOD_BYTES });
    const acquisition = bench.startAcquisition();
    await eventually(
      'everything to be acknowledged',
      async () => (await readHealth(bench.ports.acquisition))?.['spool_records'] === 0,
      180_000,
      () => writer.tail(),
    );
    await complains(
      bench,
      'writer',
      'database_locked',
      /is held by another program; close that program/,
    );
    const peak = peakKilobytes(writer.pid) ?? NaN;
    console.log(
      `${String(flood.measurements)} readings (${String(FLOOD_BYTES / 2 ** 20)} MB) taken with the database locked: ` +
        `the writer's peak went from ${(before / 1024).toFixed(0)} to ${(peak / 1024).toFixed(0)} MB`,
    );
    expect(peak).toBeLessThan(before + GROWTH_KB);

    await holder.kill();
    await eventually(
      'everything to be committed',
      async () => {
        const { databases } = await health(bench, 'writer');
        return (databases as { real: { uncommitted: number } }).real.uncommitted === 0;
      },
      180_000,
    );
    await isOver(bench, 'writer', 'database_locked');
    const atLast = peakKilobytes(writer.pid) ?? NaN;
    console.log(`and to ${(atLast / 1024).toFixed(0)} MB when all was committed`);
    expect(atLast).toBeLessThan(before + GROWTH_KB);
    await deliversAll(bench, acquisition);
    expect((await writer.stop()).code).toBe(0);
    expectStored(bench, session, flood.measurements, 0);
    expect(await bench.buffers()).toEqual([]);
  },
);
