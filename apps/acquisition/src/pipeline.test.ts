/** From a pseudo-terminal, over the real serial port binding, spool and sockets, to a consumer. */
import { mkdtemp, rm, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decodeLine,
  POLL,
  silentLog,
  StreamClient,
  StreamServer,
  systemClock as clock,
  type SessionRecord,
} from '@elmetron/protocol';
import { Health } from '@elmetron/runtime';
import { Spool } from '@elmetron/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AlarmWatch } from './alarms/alarm-watch.js';
import { linkTo, systemTimers as timers } from '@elmetron/link';
import { Capture } from './meter/capture.js';
import { Outbox } from './outbox/outbox.js';
import { finish } from './process/finish.js';
import { Journal } from './session/journal.js';
import { Recorder } from './session/recorder.js';
import { alarmsConfig, inShort } from './testing/bench.js';
import { frame } from './testing/frames.js';
import { freeEndpoint } from './testing/free-endpoint.js';
import { profile } from './testing/profiles.js';
import { Pty } from '@elmetron/link/testing';

let dir: string;
let endpoint: string;
const ending: (() => void | Promise<void>)[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'acquisition-'));
  endpoint = await freeEndpoint();
});
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
  await rm(dir, { recursive: true, force: true });
});

/** A meter at `<dir>/meter` that answers each poll with another value. */
async function plugIn(serial = 'EMU00001') {
  const pty = new Pty();
  const sent: string[] = [];
  pty.answer = (chunk) => {
    for (let at = chunk.indexOf(POLL); at >= 0; at = chunk.indexOf(POLL, at + 1)) {
      const bytes = frame({ serial, value: (sent.length / 100).toFixed(2) });
      sent.push(bytes.toString('hex'));
      pty.write(bytes.subarray(0, 37));
      pty.write(bytes.subarray(37));
    }
  };
  await symlink(pty.path, join(dir, 'meter'));
  const unplug = async (): Promise<void> => {
    pty.unplug();
    await unlink(join(dir, 'meter')).catch(() => undefined);
  };
  ending.push(unplug);
  return { sent, unplug };
}

async function acquisition() {
  const health = new Health({ clock, log: silentLog });
  const shared = { clock, timers, health, log: silentLog };
  const spool = await Spool.open({ dir: join(dir, 'spool'), maxBytes: 1_000_000 });
  const outbox = new Outbox({
    source: 'bench-1',
    consumers: ['writer'],
    spool,
    kept: () => {
      server.wake();
    },
  });
  const server = await StreamServer.bind({
    endpoint,
    source: outbox,
    consumers: ['writer'],
    clock,
    log: silentLog,
  });
  const journal = new Journal({ keep: (id, line) => outbox.begin(id, line), ...shared });
  const polls = { sent: 0, unanswered: 0, missed: 0 };
  const hook = { tell: () => undefined, use: () => undefined };
  const alarms = new AlarmWatch({ source: 'bench-1', journal, hook, ...shared }, alarmsConfig({}));
  const recorder = new Recorder({
    source: 'bench-1',
    metadata: {},
    journal,
    polls,
    alarms,
    ...shared,
  });
  const capture = new Capture({
    settings: {
      port: join(dir, 'meter'),
      profiles: [profile({ intervalMs: 20, readTimeoutMs: 200 })],
    },
    linkTo: (port) => linkTo(port, timers),
    listener: recorder,
    polls,
    ...shared,
  });
  let over = false;
  const stop = async (): Promise<void> => {
    if (over) return;
    over = true;
    await capture.stop();
    await finish({ recorder, outbox, server, ...shared });
    await spool.close();
  };
  ending.push(stop);
  capture.start((error) => {
    throw error;
  });
  return { stop, spool, recorder, capture, health };
}

/** A consumer that acknowledges everything at once. */
function consumer() {
  const records: SessionRecord[] = [];
  const client = new StreamClient({
    endpoint,
    consumer: 'writer',
    run: `run-${Math.random()}`,
    window: 100,
    clock,
    log: silentLog,
    handler: {
      welcome: () => undefined,
      fenced: () => undefined,
      connection: () => undefined,
      batch: ({ session, first, count, bytes }) => {
        for (const line of bytes.toString().split('\n').slice(0, -1)) {
          const result = decodeLine(Buffer.from(line));
          if (!result.ok) throw new Error(result.reason);
          records.push(result.record);
        }
        client.acknowledge(session, first + count - 1);
      },
    },
  });
  client.start();
  ending.push(() => client.stop());
  const frames = (): string[] =>
    records.flatMap((record) => (record.type === 'measurement' ? [record.raw_frame_hex] : []));
  return { records, frames };
}

test('every answer of the meter arrives once, in order, and the spool is empty in the end', async () => {
  const meter = await plugIn();
  const { stop, spool } = await acquisition();
  const { records, frames } = consumer();
  await expect.poll(() => frames().length).toBeGreaterThan(20);
  await stop();
  expect(frames()).toEqual(meter.sent);
  expect(records.map(({ seq }) => seq)).toEqual(records.map((_, n) => n));
  expect(records[0]).toMatchObject({ type: 'session_start', emulated: true });
  expect(records.at(-1)).toMatchObject({
    type: 'session_end',
    reason: 'stopped',
    measurement_count: meter.sent.length,
  });
  expect(spool.sessions()).toEqual([]);
});

test('unplugged and back: the session goes on, the gap is in it', async () => {
  const first = await plugIn();
  const { stop, health } = await acquisition();
  const { records, frames } = consumer();
  await expect.poll(() => frames().length).toBeGreaterThan(5);
  await first.unplug();
  await expect.poll(() => health.reasons.map(({ code }) => code)).toEqual(['link_down']);
  const before = frames().length;
  const second = await plugIn();
  await expect.poll(() => frames().length).toBeGreaterThan(before + 5);
  await stop();
  expect(new Set(records.map(({ session }) => session)).size).toBe(1);
  expect(inShort(records).filter((what) => what.startsWith('link'))).toEqual([
    'link: lost',
    'link: back',
  ]);
  expect(frames().slice(-second.sent.length)).toEqual(second.sent);
});

test('what nobody took is offered by the next life', async () => {
  const meter = await plugIn();
  const first = await acquisition();
  await expect.poll(() => first.recorder.readings).toBeGreaterThan(5);
  await first.stop();
  const second = await acquisition();
  const { records, frames } = consumer();
  await expect.poll(() => frames().length).toBeGreaterThan(15);
  await second.stop();
  expect(frames()).toEqual(meter.sent);
  const sessions = [...new Set(records.map(({ session }) => session))];
  expect(sessions).toHaveLength(2);
  expect(inShort(records).filter((what) => what.startsWith('session'))).toEqual([
    'session_start',
    'session_end: stopped',
    'session_start',
    'session_end: stopped',
  ]);
  expect(second.spool.sessions()).toEqual([]);
});
