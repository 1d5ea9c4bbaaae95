import { expect } from 'vitest';
import { acknowledges } from './faults.js';
import { deliversAll, expectWhole, measurements, moreMeasurements, test } from './on-a-bench.js';

test('the writer killed: recovery replays its buffer, the next writer goes on', async ({
  open,
}) => {
  // The interval keeps what was taken out of the database, so that recovery has something to do.
  const bench = await open({ config: { storage: { commit_interval_ms: 60_000 } } });
  await bench.startMeter();
  const first = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await acknowledges(first, 30);
  await first.kill();
  expect((await bench.buffers()).length).toBeGreaterThan(0);

  const { exit, output } = await bench.recover();
  expect(exit.code).toBe(0);
  expect(output).toMatch(/Recovered [1-9]\d* measurements from 1 crashed session\(s\)/);
  expect(await bench.buffers()).toEqual([]);

  await bench.configure({});
  const second = bench.startWriter();
  await measurements(bench, 50);
  await deliversAll(bench, acquisition);
  await second.stop();
  const { missing } = await expectWhole(bench);
  expect(missing).toBe(0);
  const { sessions } = bench.database();
  expect(sessions).toHaveLength(1);
  expect(sessions[0]?.recovered_count).toBeGreaterThan(0);
  expect(await bench.buffers()).toEqual([]);
});

test('acquisition killed: its session is closed as crashed, a new one begins, nothing numbered is missing', async ({
  open,
}) => {
  const bench = await open();
  await bench.startMeter();
  const writer = bench.startWriter();
  const first = bench.startAcquisition();
  await measurements(bench, 20);
  await first.kill();
  const before = (await bench.account()).length;
  const acquisition = bench.startAcquisition();
  await measurements(bench, before + 20);
  await deliversAll(bench, acquisition);
  await writer.stop();
  await expectWhole(bench, 1);
  const { sessions } = bench.database();
  expect(sessions.map((s) => s.end_reason)).toEqual(['crashed', 'stopped']);
  expect(await bench.buffers()).toEqual([]);
});

test('everything killed at once, three times over', async ({ open }) => {
  const bench = await open();
  await bench.startMeter();
  for (let round = 1; round <= 3; round++) {
    const writer = bench.startWriter();
    const acquisition = bench.startAcquisition();
    await moreMeasurements(bench, 15);
    await Promise.all([writer.kill(), acquisition.kill()]);
    expect((await bench.recover()).exit.code).toBe(0);
  }
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await moreMeasurements(bench, 15);
  await deliversAll(bench, acquisition);
  await writer.stop();
  await expectWhole(bench, 3);
  expect(await bench.buffers()).toEqual([]);
});

test('acquisition killed with the writer away: the spool keeps what was numbered', async ({
  open,
}) => {
  const bench = await open();
  await bench.startMeter();
  const first = bench.startAcquisition();
  await bench.sent(20);
  await first.kill();
  const before = (await bench.account()).length;
  const second = bench.startAcquisition();
  const writer = bench.startWriter();
  await measurements(bench, before + 10);
  await deliversAll(bench, second);
  await writer.stop();
  await expectWhole(bench, 1);
});

test('recovery killed in the middle and run again: nothing lost, nothing doubled', async ({
  open,
}) => {
  const bench = await open({ config: { storage: { commit_interval_ms: 60_000 } } });
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await acknowledges(writer, 40);
  await deliversAll(bench, acquisition);
  await writer.kill();
  for (const delay of [60, 120, 180, 240]) {
    const run = bench.startRecovery();
    const timer = setTimeout(() => {
      run.signal('SIGKILL');
    }, delay);
    await run.exited;
    clearTimeout(timer);
  }
  expect((await bench.recover()).exit.code).toBe(0);
  const { missing } = await expectWhole(bench);
  expect(missing).toBe(0);
  expect(await bench.buffers()).toEqual([]);
});
