/**
 * Degrading in order, where the records come from: the states of the meter, of the stream's other end and
 * of what comes over it. Each is said once in the log and left by itself, or is an alarm.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { expect } from 'vitest';
import { eventually, PATIENCE_MS } from '@elmetron/rig';
import { nothingLost, running, Watched } from './health-states.js';
import { OddSource } from './odd-source.js';
import { measurements, test } from './on-a-bench.js';

const command = (name: string, more: object = {}): string =>
  JSON.stringify({ command: name, ...more });
const endpoint = (port: number): string => `tcp://127.0.0.1:${String(port)}`;

test('records that are none, lost numbers and other content: alarms, each acknowledged when it is kept', async ({
  open,
}) => {
  const bench = await open();
  const endpoints = [endpoint(bench.ports.stream), endpoint(bench.ports.live)] as const;
  await bench.configure({ writer: { sources: [...endpoints] } });
  await mkdir(bench.path('captures'));
  await writeFile(bench.path('captures/quarantine'), 'a file');
  const one = new OddSource('one');
  const other = new OddSource('other', one.session);
  one.event(1, 'so');
  one.poison(2);
  one.event(5, 'after the hole');
  await one.bind(endpoints[0]);
  const writer = Watched.writer(bench);
  try {
    await writer.entered('records_set_aside');
    await writer.entered('numbers_missing');
    await writer.entered('quarantine_unwritable');
    await eventually('all to be acknowledged', () => one.acknowledgedUpTo === 5, PATIENCE_MS);
    await rm(bench.path('captures/quarantine'));
    await writer.left('quarantine_unwritable');
    await writer.loggedOnce('records_set_aside', 'degraded', false);
    await writer.loggedOnce('numbers_missing', 'critical', false);
    await writer.loggedOnce('quarantine_unwritable', 'degraded');

    other.event(1, 'otherwise');
    await other.bind(endpoints[1]);
    await writer.entered('record_conflict');
    await writer.loggedOnce('record_conflict', 'critical', false);
    expect((await writer.page())?.status).toBe('critical');
    await writer.run.stop();
    const { events } = bench.database();
    const told = events.map(({ category }) => category);
    expect(told).toEqual(expect.arrayContaining(['quarantine', 'hole', 'conflict']));
    expect(events.filter(({ message }) => message === 'so')).toHaveLength(1);
    expect(events.filter(({ message }) => message === 'otherwise')).toHaveLength(0);
  } finally {
    await one.close();
    await other.close();
  }
});

test('a source away, refusing, and two of one name', async ({ open }) => {
  const bench = await open();
  const endpoints = [endpoint(bench.ports.stream), endpoint(bench.ports.live)] as const;
  await bench.configure({ writer: { consumer: 'stranger', sources: [endpoints[0]] } });
  const stranger = Watched.writer(bench);
  await stranger.entered('source_away');
  const first = new OddSource('bench');
  await first.bind(endpoints[0]);
  await stranger.entered('source_refused');
  await stranger.left('source_away');
  await stranger.loggedOnce('source_away', 'degraded');
  await stranger.run.stop();

  await bench.configure({ writer: { sources: [...endpoints] } });
  const writer = Watched.writer(bench);
  await eventually(
    'the first source to be served',
    () => first.acknowledgedUpTo === 0,
    PATIENCE_MS,
    () => writer.run.tail(),
  );
  const second = new OddSource('bench');
  second.event(1, 'sent under the name of another');
  await second.bind(endpoints[1]);
  const reason = await writer.entered('duplicate_source');
  expect(reason).toMatchObject({ level: 'critical', about: endpoints[1] });
  expect(second.acknowledgedUpTo).toBe(-1);
  await second.close();
  const renamed = new OddSource('bench-2', second.session);
  renamed.event(1, 'sent under the name of another');
  renamed.event(2, 'sent under its own');
  await renamed.bind(endpoints[1]);
  await writer.ok();
  await writer.loggedOnce('duplicate_source', 'critical');
  await eventually('it to be served', () => renamed.acknowledgedUpTo === 2, PATIENCE_MS);
  await writer.run.stop();
  const said = bench.database().events.map(({ message }) => message);
  expect(said).toEqual(['sent under the name of another', 'sent under its own']);
  await first.close();
  await renamed.close();
});

test('one of two sources served by another writer: said, the other is served on, and without both it ends', async ({
  open,
}) => {
  const bench = await open();
  const endpoints = [endpoint(bench.ports.stream), endpoint(bench.ports.live)] as const;
  await bench.configure({ writer: { sources: [...endpoints] } });
  for (const [n, source] of endpoints.entries()) {
    const changes = { writer: { sources: [source] }, monitoring: { writer_port: 0 } };
    await bench.configure(changes, `for-${String(n)}.toml`);
  }
  const first = new OddSource('one');
  const second = new OddSource('other');
  await first.bind(endpoints[0]);
  await second.bind(endpoints[1]);
  try {
    const writer = Watched.writer(bench);
    const served = (what: string, source: OddSource, upTo: number): Promise<void> =>
      eventually(
        what,
        () => source.acknowledgedUpTo === upTo,
        PATIENCE_MS,
        () => writer.run.tail(),
      );
    await served('the first source to be served', first, 0);
    await served('the second source to be served', second, 0);
    bench.startWriter('config/for-0.toml');
    expect(await writer.entered('fenced')).toMatchObject({ level: 'degraded' });
    await writer.loggedOnce('fenced', 'degraded', false);
    second.event(1, 'after the other was taken over');
    second.wake();
    await served('the second to be served on', second, 1);
    bench.startWriter('config/for-1.toml');
    await eventually('it to end', () => writer.run.exit !== undefined, PATIENCE_MS);
    expect(writer.run.exit).toEqual({ code: 0, signal: null });
  } finally {
    await first.close();
    await second.close();
  }
});

test('the meter unplugged, silent, noisy: a state each', async ({ open }) => {
  const bench = await open();
  const { meter, writer, acquisition } = await running(bench);
  await measurements(bench, 10);
  await acquisition.ok();
  meter.tell(command('unplug'));
  await acquisition.entered('link_down');
  expect(await acquisition.codes()).toEqual(['link_down']);
  meter.tell(command('plug'));
  await acquisition.ok();
  await acquisition.loggedOnce('link_down', 'degraded');

  meter.tell(command('silence', { on: true }));
  await acquisition.entered('meter_silent');
  expect(await acquisition.codes()).toEqual(['meter_silent']);
  meter.tell(command('silence', { on: false }));
  await acquisition.ok();
  await acquisition.loggedOnce('meter_silent', 'degraded');

  meter.tell(command('noise', { rate: 1 }));
  await acquisition.entered('line_noisy');
  expect(await acquisition.codes()).toEqual(['line_noisy']);
  meter.tell(command('noise', { rate: 0 }));
  await acquisition.ok();
  await acquisition.loggedOnce('line_noisy', 'degraded');
  await nothingLost(bench, { writer, acquisition }, 1);
  expect(bench.database().sessions).toHaveLength(1);
});

test('the live feed down: nothing that is recorded depends on it', async ({ open }) => {
  const bench = await open();
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(bench.ports.live, '127.0.0.1', resolve);
  });
  const { writer, acquisition } = await running(bench);
  await acquisition.entered('live_feed_down');
  await measurements(bench, 10);
  await new Promise((resolve) => server.close(resolve));
  await acquisition.ok();
  await acquisition.loggedOnce('live_feed_down', 'degraded');
  await nothingLost(bench, { writer, acquisition });
});
