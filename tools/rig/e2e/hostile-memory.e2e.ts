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
  PATIENCE_MS,
  RawConnection,
  ready,
  residentMiB,
  type Run,
} from '@elmetron/rig';
import { createServer, type Socket } from 'node:net';
import { deliversAll, expectWhole, measurements, test } from './on-a-bench.js';
import { capturesOn } from './unharmed.js';

/** About eighteen megabytes of parts of one message that goes on. */
const PARTS = Buffer.concat(
  Array.from({ length: 300 }, () => frame(Buffer.alloc(60_000, 0x41), { more: true })),
);
/**
 * Of growth by a quarter of a gigabyte is taken notice several times a second. No more comes than a process
 * can look at: each piece waits for its page to answer, or a busy machine would take in all of it between two
 * looks.
 */
const BOUND_MIB = 700;
/** Memory that was given back is used again first: the second time shows that it is given back. */
const TIMES = 2;

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
  const overfull = async (): Promise<number> =>
    ((await healthPage(bench.ports.acquisition))['stream'] as { overfull: number }).overfull;
  const grown = await grownMost(acquisition, async () => {
    let connection = await RawConnection.speaking(bench.ports.stream, 'DEALER');
    await eventually(
      'all peers to be let go of',
      async () => {
        if (connection.closed) {
          connection = await RawConnection.speaking(bench.ports.stream, 'DEALER');
        }
        await connection.send(PARTS);
        return (await overfull()) >= TIMES;
      },
      PATIENCE_MS,
      () => acquisition.tail(),
    );
    connection.close();
  });
  expect(acquisition.exit, acquisition.tail()).toBeUndefined();
  expect(grown).toBeLessThan(BOUND_MIB);
  await capturesOn(bench);
  await deliversAll(bench, acquisition);
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
      PATIENCE_MS,
    );
    connection.close();
  });
  expect(grown).toBeLessThan(BOUND_MIB);
  await capturesOn(bench);
  await deliversAll(bench, acquisition);
  await writer.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
});

test('messages without an end, from a source to the writer', async ({ open }) => {
  const bench = await open();
  const [port = 0] = await freePorts(1);
  let connection: Socket | undefined;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(Buffer.concat([greeting(), ready('ROUTER')]));
    socket.once('data', () => (connection = socket));
  }).listen(port, '127.0.0.1');
  const overfull = async (): Promise<number> =>
    ((await healthPage(bench.ports.writer))['sources'] as { overfull: number }[])[1]?.overfull ?? 0;
  try {
    const sources = [bench.ports.stream, port].map((p) => `tcp://127.0.0.1:${String(p)}`);
    await bench.configure({ writer: { sources } });
    await bench.startMeter();
    const acquisition = bench.startAcquisition();
    const writer = bench.startWriter();
    await writer.logged('The writer runs');
    const grown = await grownMost(writer, async () => {
      await eventually(
        'the connection to be let go of',
        async () => {
          if (connection?.writableNeedDrain === false) connection.write(PARTS);
          return (await overfull()) >= TIMES;
        },
        PATIENCE_MS,
        () => writer.tail(),
      );
      await measurements(bench, 5);
    });
    expect(writer.exit, writer.tail()).toBeUndefined();
    expect(grown).toBeLessThan(BOUND_MIB);
    await capturesOn(bench);
    await deliversAll(bench, acquisition);
    await writer.stop();
    expect((await expectWhole(bench)).missing).toBe(0);
  } finally {
    server.close();
  }
});
