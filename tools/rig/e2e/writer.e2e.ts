import { writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { eventually, PATIENCE_MS } from '@elmetron/rig';
import { deliversAll, expectWhole, measurements, moreMeasurements, test } from './on-a-bench.js';

test('captures directory unusable: a warning, and capture goes on through the database', async ({
  open,
}) => {
  const bench = await open({ config: { storage: { captures_dir: 'blocked/captures' } } });
  // A directory below a regular file cannot be made by anyone, root included.
  await writeFile(bench.path('blocked'), 'a file');
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  const warning = await writer.logged('Failed to create session buffer');
  expect(warning.level).toBe(40);
  expect(JSON.stringify(warning)).toMatch(/ENOTDIR|not a directory/);
  await measurements(bench, 20);
  await deliversAll(bench, acquisition);
  expect((await writer.stop()).code).toBe(0);
  expect((await expectWhole(bench)).missing).toBe(0);
});

test('the writer away under load: acquisition keeps everything and delivers it later', async ({
  open,
}) => {
  const bench = await open({
    profile: { poll_interval_s: 0.0125 },
    // Less memory than what piles up: the spool's files have to serve the rest.
    config: { acquisition: { memory_limit_records: 50 } },
  });
  await bench.startMeter();
  const first = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 20);
  await first.stop();
  const before = bench.database().measurements.length;
  await bench.sent(before + 250);
  const second = bench.startWriter();
  await measurements(bench, before + 250);
  await deliversAll(bench, acquisition);
  await second.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
});

test('the writer held up while acquisition ends: what it did not take comes from the next life', async ({
  open,
}) => {
  const bench = await open();
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 10);
  writer.signal('SIGSTOP');
  await bench.sent((await bench.account()).length + 20);
  const delivered = deliversAll(bench, acquisition);
  expect(await acquisition.exited).toEqual({ code: 0, signal: null });
  expect(await bench.spooled()).toHaveLength(1);
  writer.signal('SIGCONT');
  await delivered;
  expect((await writer.stop()).code).toBe(0);
  expect((await expectWhole(bench)).missing).toBe(0);
  const ends = bench.database().sessions.map(({ end_reason: reason }) => reason);
  expect(ends).toEqual(['stopped']);
  expect(await bench.spooled()).toEqual([]);
});

test('the writer swapped under load: the old one is fenced, commits and ends with 0', async ({
  open,
}) => {
  const bench = await open({ profile: { poll_interval_s: 0.0125 } });
  await bench.startMeter();
  const acquisition = bench.startAcquisition();
  let writer = bench.startWriter();
  for (let swap = 1; swap <= 3; swap++) {
    await moreMeasurements(bench, 60);
    const next = bench.startWriter();
    await eventually(
      'the old writer to end',
      () => writer.exit !== undefined,
      PATIENCE_MS,
      () => writer.tail(),
    );
    expect(writer.exit).toEqual({ code: 0, signal: null });
    writer = next;
  }
  await moreMeasurements(bench, 60);
  await deliversAll(bench, acquisition);
  await writer.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
  expect(bench.database().sessions).toHaveLength(1);
  expect(await bench.buffers()).toEqual([]);
});

test('two meters into one writer, each by its own acquisition', async ({ open }) => {
  const one = await open();
  const two = await open();
  const endpoint = (bench: typeof one): string => `tcp://127.0.0.1:${String(bench.ports.stream)}`;
  await one.configure({ writer: { sources: [endpoint(one), endpoint(two)] } });
  await two.configure({
    acquisition: {
      source: 'bench-2',
      endpoint: endpoint(two),
      live_endpoint: `tcp://127.0.0.1:${String(two.ports.live)}`,
    },
  });
  await one.startMeter();
  await two.startMeter('--serial', 'EMU00002');
  const writer = one.startWriter();
  const acquisitions = [
    [one, one.startAcquisition()],
    [two, two.startAcquisition()],
  ] as const;
  await measurements(one, 1);
  // Each for itself: one may be far ahead of the other.
  for (const serial of ['EMU00001', 'EMU00002']) {
    await eventually(
      `40 readings of ${serial}`,
      () => one.database().measurements.filter((row) => row.serial === serial).length >= 40,
      PATIENCE_MS,
      () => writer.tail(),
    );
  }
  await Promise.all(acquisitions.map(([bench, run]) => deliversAll(bench, run)));
  await writer.stop();
  const { sessions, measurements: rows } = one.database();
  expect(sessions.map(({ source, serial }) => [source, serial]).sort()).toEqual([
    ['bench-1', 'EMU00001'],
    ['bench-2', 'EMU00002'],
  ]);
  const sent = [...(await one.account()), ...(await two.account())];
  expect(rows).toHaveLength(sent.filter(({ whole }) => whole).length);
});
