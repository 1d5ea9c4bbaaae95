import { expect } from 'vitest';
import { eventually, PATIENCE_MS, readHealth, type Bench } from '@elmetron/rig';
import { deliversAll, expectWhole, measurements, moreMeasurements, test } from './on-a-bench.js';

const command = (name: string, more: object = {}): string =>
  JSON.stringify({ command: name, ...more });

/** Codes of what acquisition's health page names; undefined when it does not answer. */
async function reasons(bench: Bench): Promise<string[] | undefined> {
  return (await readHealth(bench.ports.acquisition))?.reasons.map(({ code }) => code);
}

function categories(bench: Bench): string[] {
  return bench.database().events.map(({ category }) => category);
}

test('the meter unplugged and back: the session goes on, the gap is an event', async ({ open }) => {
  const bench = await open();
  const meter = await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 15);
  meter.tell(command('unplug'));
  await acquisition.logged('link lost');
  meter.tell(command('plug'));
  await moreMeasurements(bench, 15);
  await deliversAll(bench, acquisition);
  await writer.stop();
  await expectWhole(bench, 1);
  expect(bench.database().sessions).toHaveLength(1);
  expect(categories(bench)).toContain('link');
});

test('another meter answers: the session ends, a new one begins', async ({ open }) => {
  const bench = await open();
  const meter = await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 10);
  meter.tell(command('serial', { serial: 'EMU00777' }));
  await eventually('the second session', () => bench.database().sessions.length === 2, PATIENCE_MS);
  await moreMeasurements(bench, 10);
  await deliversAll(bench, acquisition);
  await writer.stop();
  await expectWhole(bench, 1);
  expect(bench.database().sessions.map((s) => [s.serial, s.end_reason])).toEqual([
    ['EMU00001', 'instrument_changed'],
    ['EMU00777', 'stopped'],
  ]);
});

test('a profile switch by SIGHUP ends the session and begins another', async ({ open }) => {
  const bench = await open();
  await bench.profiles({ cx505: {}, slow: { poll_interval_s: 0.2 } });
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 10);
  await bench.configure({ device: { profile: 'slow' } });
  acquisition.signal('SIGHUP');
  await eventually('the second session', () => bench.database().sessions.length === 2, PATIENCE_MS);
  await moreMeasurements(bench, 5);
  await deliversAll(bench, acquisition);
  await writer.stop();
  await expectWhole(bench, 1);
  expect(bench.database().sessions.map((s) => [s.profile, s.end_reason])).toEqual([
    ['cx505', 'profile_switch'],
    ['slow', 'stopped'],
  ]);
});

test('a silent meter is an event and a health state, not an end', async ({ open }) => {
  const bench = await open();
  const meter = await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 10);
  meter.tell(command('silence', { on: true }));
  await eventually(
    'the silence in the health state',
    async () => (await reasons(bench))?.includes('meter_silent') === true,
    PATIENCE_MS,
    () => acquisition.tail(),
  );
  meter.tell(command('silence', { on: false }));
  await moreMeasurements(bench, 10);
  await eventually(
    'no reason to be left',
    async () => (await reasons(bench))?.length === 0,
    PATIENCE_MS,
    () => acquisition.tail(),
  );
  await deliversAll(bench, acquisition);
  await writer.stop();
  await expectWhole(bench);
  expect(bench.database().sessions).toHaveLength(1);
  expect(categories(bench).filter((category) => category === 'meter')).toHaveLength(2);
});

test('noise, chunks and doubled headers cost no reading', async ({ open }) => {
  const bench = await open();
  await bench.startMeter('--chunking', '--noise', '0.3', '--doubled', '0.3', '--seed', '7');
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 60);
  await deliversAll(bench, acquisition);
  await writer.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
});
