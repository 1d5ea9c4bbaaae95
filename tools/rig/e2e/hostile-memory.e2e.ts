/**
 * Peers that take memory for which ZeroMQ has no bound: messages whose last part never comes, and
 * subscriptions without number.
 */
import { expect } from 'vitest';
import {
  eventually,
  frame,
  freePorts,
  greeting,
  healthPage,
  RawConnection,
  ready,
  residentMiB,
  type Run,
} from '@elmetron/rig';
import { createServer } from 'node:net';
import { expectWhole, measurements, test } from './on-a-bench.js';
import { capturesOn } from './unharmed.js';

/** About two megabytes of parts of one message that goes on. */
const PARTS = Buffer.concat(
  Array.from({ length: 35 }, () => frame(Buffer.alloc(60_000, 0x41), { more: true })),
);
/** Of growth by a quarter of a gigabyte is taken notice ten times a second; what comes until then is on top. */
const BOUND_MIB = 700;

async function grownMost(run: Run, work: () => Promise<void>): Promise<number> {
  const before = residentMiB(run.pid);
  let most = before;
  const done = new AbortController();
  const watching = (async () => {
    while (!done.signal.aborted) {
      most = Math.max(most, residentMiB(run.pid));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  try {
    await work();
  } finally {
    done.abort();
    await watching;
  }
  return most - before;
}

test('messages without an end, to acquisition', async ({ open }) => {
  const bench = await open();
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 5);
  const grown = await grownMost(acquisition, async () => {
    // A gigabyte, on one connection after the other as they are closed.
    let connection = await RawConnection.speaking(bench.ports.stream, 'DEALER');
    for (let n = 0; n < 500; n++) {
      if (connection.closed)
        connection = await RawConnection.speaking(bench.ports.stream, 'DEALER');
      await connection.send(PARTS);
    }
    connection.close();
  });
  expect(acquisition.exit, acquisition.tail()).toBeUndefined();
  expect(grown).toBeLessThan(BOUND_MIB);
  const { overfull } = (await healthPage(bench.ports.acquisition))['stream'] as {
    overfull: number;
  };
  expect(overfull).toBeGreaterThan(0);
  await capturesOn(bench);
  await acquisition.stop();
  await writer.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
});

test('subscriptions without number, to the live feed', async ({ open }) => {
  const bench = await open();
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 5);
  const overfull = async (): Promise<number> =>
    ((await healthPage(bench.ports.acquisition))['live_feed'] as { overfull: number }).overfull;
  let made = 0;
  const subscriptions = (): Buffer =>
    Buffer.concat(
      Array.from({ length: 500 }, () => {
        const topic = Buffer.alloc(900, 0x41 + (made % 23));
        topic.write((made++).toString(36).padStart(8, '-'));
        return frame(Buffer.concat([Buffer.from([1]), topic]));
      }),
    );
  const grown = await grownMost(acquisition, async () => {
    let connection = await RawConnection.speaking(bench.ports.live, 'SUB');
    await eventually(
      'the listener to be let go of',
      async () => {
        if (connection.closed) connection = await RawConnection.speaking(bench.ports.live, 'SUB');
        await connection.send(subscriptions(), 200);
        return (await overfull()) > 0;
      },
      40_000,
    );
    connection.close();
  });
  expect(grown).toBeLessThan(BOUND_MIB);
  await capturesOn(bench);
  await acquisition.stop();
  await writer.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
});

test('messages without an end, from a source to the writer', async ({ open }) => {
  const bench = await open();
  const [port = 0] = await freePorts(1);
  let left = 500;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(Buffer.concat([greeting(), ready('ROUTER')]));
    const pour = (): void => {
      while (left-- > 0 && socket.write(PARTS));
    };
    socket.on('drain', pour);
    socket.once('data', pour);
  }).listen(port, '127.0.0.1');
  try {
    const sources = [bench.ports.stream, port].map((p) => `tcp://127.0.0.1:${String(p)}`);
    await bench.configure({ writer: { sources } });
    await bench.startMeter();
    const acquisition = bench.startAcquisition();
    const writer = bench.startWriter();
    await writer.logged('The writer runs');
    const grown = await grownMost(writer, async () => {
      await eventually('all to be sent', () => left <= 0, 40_000);
      await measurements(bench, 5);
    });
    expect(writer.exit, writer.tail()).toBeUndefined();
    expect(grown).toBeLessThan(BOUND_MIB);
    await capturesOn(bench);
    await acquisition.stop();
    await writer.stop();
    expect((await expectWhole(bench)).missing).toBe(0);
  } finally {
    server.close();
  }
});
