/**
 * Clients of the live stream that stop reading, while far more comes than any meter says: they cost the server a
 * bounded amount of memory, nobody else anything, and the capture least of all.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { LiveFeed, newSessionId, silentLog } from '@elmetron/protocol';
import {
  ask,
  eventually,
  EventStream,
  freePorts,
  generatedMeasurements,
  generatedStart,
  openFiles,
  PATIENCE_MS,
  RawConnection,
  readHealth,
  residentMiB,
  type Bench,
} from '@elmetron/rig';
import { deliversAll, expectWhole, test } from './on-a-bench.js';
import { pipelineRuns, type LiveReading } from './on-a-dashboard.js';

const STALLED = 25;
const PER_SECOND = 4_000;
const SECONDS = 10;
/** What the flood may cost, those who read it among it. */
const MOST_MIB = 120;
/** Of all polls: a busy machine is late now and then by itself. */
const MOST_MISSED = 0.05;

/** A meter that nobody could read: it says thousands of readings a second on a live feed of its own. */
async function flood(bench: Bench): Promise<() => Promise<void>> {
  const [port = 0, stream = 0, health = 0] = await freePorts(3);
  const endpoint = `tcp://127.0.0.1:${port}`;
  await bench.configure(
    {
      acquisition: {
        source: 'flood',
        endpoint: `tcp://127.0.0.1:${stream}`,
        live_endpoint: endpoint,
      },
      monitoring: { acquisition_port: health },
      dashboard: { port: 0 },
    },
    'flood.toml',
  );
  await bench.configure({ dashboard: { benches: ['flood.toml'] } });
  const feed = await LiveFeed.bind({ endpoint, source: 'flood', log: silentLog });
  onTestFinished(() => {
    feed.close();
  });
  const of = {
    session: newSessionId(),
    source: 'flood',
    startedAt: Date.now(),
    intervalMs: 1000 / PER_SECOND,
  };
  const line = generatedMeasurements(of);
  return async () => {
    feed.publish(generatedStart(of));
    const began = performance.now();
    for (let seq = 0; seq < PER_SECOND * SECONDS;) {
      const due = ((performance.now() - began) / 1000) * PER_SECOND;
      while (seq < due) feed.publish(Buffer.from(line(++seq)));
      await delay(5);
    }
  };
}

/** Asks for the live stream, and reads nothing of the answer. */
async function stalledClient(port: number): Promise<RawConnection> {
  const connection = await RawConnection.open(port);
  connection.stopReading();
  await connection.send(`GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  return connection;
}

const ownReadings = (stream: EventStream): LiveReading[] =>
  stream
    .of('readings')
    .flatMap((data) => (data as { readings: LiveReading[] }).readings)
    .filter(({ source }) => source === 'bench-1');

test('clients that stop reading', async ({ open }) => {
  const bench = await open({ profile: { poll_interval_s: 0.1 } });
  const pour = await flood(bench);
  const { dashboard: port } = bench.ports;
  const { writer, acquisition, dashboard } = await pipelineRuns(bench, 5);

  const reader = await EventStream.open(port);
  const filesBefore = await openFiles(dashboard.pid);
  const stalled = await Promise.all(Array.from({ length: STALLED }, () => stalledClient(port)));
  onTestFinished(() => {
    for (const connection of stalled) connection.close();
  });
  await eventually('the reader to hear', () => ownReadings(reader).length > 0, PATIENCE_MS);
  const before = residentMiB(dashboard.pid);
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, residentMiB(dashboard.pid) - before);
  }, 100);
  onTestFinished(() => {
    clearInterval(watch);
  });
  await pour();
  clearInterval(watch);
  console.log(`${STALLED} stalled clients: the server grew by at most ${most.toFixed(0)} MiB`);
  expect(dashboard.exit, dashboard.tail()).toBeUndefined();
  expect(most).toBeLessThan(MOST_MIB);
  await eventually(
    'those who read nothing to have been let go of',
    async () => (await openFiles(dashboard.pid)) < filesBefore + STALLED / 2,
    PATIENCE_MS,
    () => dashboard.tail(),
  );

  // Others are answered, the one that reads has missed nothing of the meter, and the meter was asked in time.
  expect((await ask(port, { path: '/api/sessions' }, 2_000)).status).toBe(200);
  const seqs = ownReadings(reader).map(({ seq }) => seq);
  expect(seqs.length).toBeGreaterThan(SECONDS * 5);
  expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
  expect(reader.ended).toBe(false);
  reader.close();
  const health = await readHealth(bench.ports.acquisition);
  const { polls_missed: missed, polls_sent: sent } = health as unknown as Record<string, number>;
  expect(missed).toBeLessThanOrEqual((sent ?? 0) * MOST_MISSED);
  await deliversAll(bench, acquisition);
  await writer.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
  // It ends in time, although nobody takes what is on its way to them.
  expect((await dashboard.stop()).code).toBe(0);
});
