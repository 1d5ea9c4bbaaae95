/**
 * Alarms, through the real processes: from a value on the meter's display to the event in the database, the
 * state of health and the hook; and a hook that hangs keeps nothing from being recorded.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { eventually, PATIENCE_MS, readOrNone, type Bench } from '@elmetron/rig';
import { DEMO, nothingLost, running } from './health-states.js';
import { test } from './on-a-bench.js';

const LIMITS = { low: 6, high: 8, hysteresis: 0.1, delay_s: 0.3 };

/** How long a call that hangs is waited for. */
const HANG_S = 2;

type Notice = Readonly<Record<string, unknown>>;

/** The events of alarms in the database, in their order. */
function alarmEvents(bench: Bench): Notice[] {
  const { events } = bench.database(DEMO);
  const alarms = events.filter(({ category }) => category === 'alarm');
  return alarms.map(({ payload, level }) => ({ level, ...(JSON.parse(payload) as Notice) }));
}

/** A hook that writes down what it is told, one line each. */
async function writingHook(bench: Bench): Promise<{ command: string[]; told: () => Notice[] }> {
  const script = bench.path('hook.cjs');
  await writeFile(
    script,
    `const fs = require('node:fs');
     fs.appendFileSync(process.argv[2], fs.readFileSync(0, 'utf8'));`,
  );
  const file = bench.path('told.jsonl');
  const told = (): Notice[] =>
    readOrNone(file)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Notice);
  return { command: [process.execPath, script, file], told };
}

async function metric(bench: Bench, sample: string): Promise<number | undefined> {
  const response = await fetch(`http://127.0.0.1:${String(bench.ports.acquisition)}/metrics`);
  const line = (await response.text()).split('\n').find((one) => one.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length));
}

test('a value beyond its limit: event, state, metric and hook, entered and left', async ({
  open,
}) => {
  const bench = await open();
  const { command, told } = await writingHook(bench);
  await bench.configure({ alarms: { hook_command: command, units: { pH: LIMITS } } });
  const { meter, writer, acquisition } = await running(bench);
  meter.tell('{"command":"value","value":"7.00"}');
  const active = 'elmetron_acquisition_alarm_active{source="bench-1",alarm="high",unit="pH"}';
  await acquisition.ok();
  expect(await metric(bench, active)).toBe(0);

  meter.tell('{"command":"value","value":"8.40"}');
  const reason = await acquisition.entered('alarm_high');
  expect(reason).toMatchObject({ level: 'degraded', about: 'pH' });
  expect(reason.message).toMatch(/^alarm: pH above 8 for [\d.]+ s: 8\.4$/);
  expect(await metric(bench, active)).toBe(1);

  meter.tell('{"command":"value","value":"7.50"}');
  await acquisition.left('alarm_high');
  await acquisition.loggedOnce('alarm_high', 'degraded');
  await eventually(
    'the hook to have been told twice',
    () => told().length >= 2,
    PATIENCE_MS,
    () => acquisition.run.tail(),
  );
  // The log of its own has them at once; the page counts once the program has ended.
  const outcome = 'elmetron_acquisition_alarm_hook_notices_total{source="bench-1",outcome="told"}';
  await eventually('both to count', async () => (await metric(bench, outcome)) === 2, PATIENCE_MS);
  await nothingLost(bench, { writer, acquisition });

  const events = alarmEvents(bench);
  expect(events).toMatchObject([
    { level: 'warning', what: 'entered', alarm: 'high', unit: 'pH', limit: 8, value: 8.4 },
    { level: 'info', what: 'left', alarm: 'high', unit: 'pH', extreme: 8.4, why: 'back' },
  ]);
  const [session] = bench.database(DEMO).sessions;
  const notices = told();
  expect(notices).toMatchObject([
    { event: 'entered', alarm: 'high', value: 8.4, since: events[0]?.['since'] },
    { event: 'left', alarm: 'high', extreme: 8.4, to: events[1]?.['to'] },
  ]);
  for (const notice of notices)
    expect(notice).toMatchObject({
      source: 'bench-1',
      session: session?.session_uid,
      serial: 'EMU00001',
      emulated: true,
    });
});

test('a hook that hangs keeps no poll waiting, and is given up, counted and said', async ({
  open,
}) => {
  const bench = await open({ profile: { poll_interval_s: 0.05 } });
  const hang = bench.path('hang.cjs');
  await writeFile(
    hang,
    `require('node:fs').appendFileSync(process.argv[2], process.pid + '\\n');
     process.on('SIGTERM', () => {});
     setInterval(() => {}, 1000);`,
  );
  const pids = bench.path('pids');
  await bench.configure({
    alarms: {
      hook_command: [process.execPath, hang, pids],
      hook_timeout_s: HANG_S,
      units: { pH: LIMITS },
    },
  });
  const { meter, writer, acquisition } = await running(bench);
  meter.tell('{"command":"value","value":"7.00"}');
  await acquisition.ok();
  const before = await acquisition.page();
  meter.tell('{"command":"value","value":"8.40"}');
  await acquisition.entered('alarm_hook_failing');
  const after = await acquisition.page();
  expect(after).toMatchObject({ alarm_hook: { told: 0, failed: 1 } });
  expect(after?.['polls_unanswered']).toBe(before?.['polls_unanswered']);
  const attempts = (await readFile(pids, 'utf8')).trim().split('\n');
  expect(attempts).toHaveLength(3);
  for (const pid of attempts)
    expect(() => process.kill(Number(pid), 0), `${pid} was killed`).toThrow('ESRCH');
  await acquisition.run.logged('could not be told to the hook: no end within 2 s');
  await nothingLost(bench, { writer, acquisition });
  const times = bench.database(DEMO).measurements.map(({ captured_at }) => Date.parse(captured_at));
  const pauses = times.slice(1).map((at, n) => at - (times[n] ?? at));
  expect(Math.max(...pauses), 'no pause as long as a call').toBeLessThan(HANG_S * 1000 * 0.8);
  // It is in the session all the same, and was left with it.
  expect(alarmEvents(bench).map(({ what, why }) => [what, why])).toEqual([
    ['entered', undefined],
    ['left', 'session_ended'],
  ]);
});

test('no reading: told by web hook; limits are read again at SIGHUP', async ({ open }) => {
  const told: Notice[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      told.push(JSON.parse(Buffer.concat(parts).toString()) as Notice);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const hook_url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/alarm`;

  const bench = await open({ config: { alarms: { hook_url } } });
  const { meter, writer, acquisition } = await running(bench);
  meter.tell('{"command":"value","value":"7.00"}');
  await acquisition.ok();
  expect((await acquisition.page())?.['alarms']).toEqual([]);

  await bench.configure({ alarms: { hook_url, no_reading_s: 5, units: { pH: LIMITS } } });
  acquisition.run.signal('SIGHUP');
  await eventually(
    'the limits to be watched for',
    async () => ((await acquisition.page())?.['alarms'] as unknown[]).length === 3,
    PATIENCE_MS,
    () => acquisition.run.tail(),
  );
  meter.tell('{"command":"value","value":"-----"}');
  await acquisition.entered('alarm_no_reading');
  expect(await acquisition.codes()).toEqual(['alarm_no_reading']);
  meter.tell('{"command":"value","value":"5.00"}');
  await acquisition.left('alarm_no_reading');
  await acquisition.entered('alarm_low');
  await eventually('three notices', () => told.length >= 3, PATIENCE_MS);
  expect(told).toMatchObject([
    { event: 'entered', alarm: 'no_reading', limit_s: 5 },
    { event: 'left', alarm: 'no_reading', why: 'back' },
    { event: 'entered', alarm: 'low', unit: 'pH', limit: 6, value: 5 },
  ]);

  await bench.configure({ alarms: { units: { pH: { low: 8, high: 7 } } } });
  acquisition.run.signal('SIGHUP');
  const refused = await acquisition.run.logged('The configuration was not taken over');
  expect(refused.msg).toContain('alarms.units.pH.high');
  expect(await acquisition.codes()).toContain('alarm_low');
  await nothingLost(bench, { writer, acquisition });
});
