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
import { createServer } from 'node:net';
import { deliversAll, expectWhole, measurements, test } from './on-a-bench.js';
import { capturesOn } from './unharmed.js';

/** About two megabytes of parts of one message that goes on. */
const PARTS = Buffer.concat(
  Array.from({ length: 35 }, () => frame(Buffer.alloc(60_000, 0x41), { more: true })),
);
/**
 * So many on one connection, about 400 MB: more than the quarter of a gigabyte whose growth is taken notice
 * of. The next connection comes when this one has been let go of, however long a busy machine takes for that.
 */
const ON_ONE_CONNECTION = 190;
/** What comes on one connection, and as much again for what is collected late. */
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
    // More than a gigabyte, on one connection after the other.
    for (let connections = 0; connections < 3; connections++) {
      const connection = await RawConnection.speaking(bench.ports.stream, 'DEALER');
      for (let n = 0; n < ON_ONE_CONNECTION && !connection.closed; n++) {
        await connection.send(PARTS);
      }
      await eventually('it to be let go of', () => connection.closed, PATIENCE_MS);
    }
  });
  expect(acquisition.exit, acquisition.tail()).toBeUndefined();
  expect(grown).toBeLessThan(BOUND_MIB);
  const { overfull } = (await healthPage(bench.ports.acquisition))['stream'] as {
    overfull: number;
  };
  expect(overfull).toBeGreaterThan(0);
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
  let letGo = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(Buffer.concat([greeting(), ready('ROUTER')]));
    let left = letGo < 3 ? ON_ONE_CONNECTION : 0;
    const poured = left > 0;
    const pour = (): void => {
      while (left-- > 0 && socket.write(PARTS));
    };
    socket.on('drain', pour);
    socket.once('data', pour);
    socket.on('close', () => {
      if (poured) letGo++;
    });
  }).listen(port, '127.0.0.1');
  try {
    const sources = [bench.ports.stream, port].map((p) => `tcp://127.0.0.1:${String(p)}`);
    await bench.configure({ writer: { sources } });
    await bench.startMeter();
    const acquisition = bench.startAcquisition();
    const writer = bench.startWriter();
    await writer.logged('The writer runs');
    const grown = await grownMost(writer, async () => {
      await eventually('three connections to be let go of', () => letGo >= 3, PATIENCE_MS);
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
