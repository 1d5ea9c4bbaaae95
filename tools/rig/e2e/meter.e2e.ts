import { expect } from 'vitest';
import { eventually, type Bench } from '@elmetron/rig';
import { expectWhole, measurements, test } from './on-a-bench.js';

const command = (name: string, more: object = {}): string =>
  JSON.stringify({ command: name, ...more });

/** Codes of what acquisition's health page names. */
async function reasons(bench: Bench): Promise<string[]> {
  const page = await fetch(`http://127.0.0.1:${String(bench.ports.acquisition)}/health`);
  const { reasons: raised } = (await page.json()) as { reasons: { code: string }[] };
  return raised.map(({ code }) => code);
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
  const before = bench.database().measurements.length;
  meter.tell(command('plug'));
  await measurements(bench, before + 15);
  await acquisition.stop();
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
  await eventually('the second session', () => bench.database().sessions.length === 2, 10_000);
  await measurements(bench, 30);
  await acquisition.stop();
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
  await eventually('the second session', () => bench.database().sessions.length === 2, 10_000);
  const before = bench.database().measurements.length;
  await measurements(bench, before + 5);
  await acquisition.stop();
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
    async () => (await reasons(bench)).includes('meter_silent'),
    20_000,
    () => acquisition.tail(),
  );
  const before = bench.database().measurements.length;
  meter.tell(command('silence', { on: false }));
  await measurements(bench, before + 10);
  expect(await reasons(bench)).toEqual([]);
  await acquisition.stop();
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
  await acquisition.stop();
  await writer.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
});
