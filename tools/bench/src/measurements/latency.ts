/**
 * From the last byte of a frame at the serial port to the acknowledgement of its record. Everything is real:
 * emulated meter at line speed on a pseudo-terminal, acquisition, writer. The meter says when a byte goes out
 * (just before it does), a relay on the stream sees record and acknowledgement pass. So what is told is a little
 * more than the truth, by the relay's one hop, which is measured by itself, and by the pseudo-terminal.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { eventually, microsecondsSinceBoot, Relay, type Bench } from '@elmetron/rig';
import { BenchError } from '../bench-error.js';
import { relayHop } from '../hop/relay-hop.js';
import { diskSyncs } from '../line/disk-sync.js';
import { asPeopleRunIt, checkAlive, framesBetween, onALine, pass } from '../line/on-a-line.js';
import { RoundTrips, type Trip } from '../line/round-trips.js';
import type { Figure, Measurement, MeasurementContext } from '../measurement.js';
import { quantile } from '../statistics.js';

/** Fewer say nothing of one in a thousand. */
const LEAST_FOR_P999 = 1_000;
const HOST = '127.0.0.1';
/** As often as at 80 Hz a message passes. */
const HOP = { quick: { everyMs: 12.5, count: 60 }, whole: { everyMs: 12.5, count: 400 } };

export const latency: Measurement = {
  name: 'latency',
  title: 'latency, last byte at the serial port to acknowledgement',
  async measure(context) {
    const [fast, slow] = context.quick ? [5, 0] : [30, 60];
    const runs = { fast: [] as Trip[][], slow: [] as Trip[][], syncs: [] as number[][] };
    const hops: number[] = [];
    for (let run = 0; run < context.runs; run++) {
      const before = await syncs(context);
      runs.fast.push(await tripsAt(80, fast, context));
      hops.push(await relayHop(context, HOP[context.quick ? 'quick' : 'whole'], new RoundTrips()));
      const between = await syncs(context);
      if (slow > 0) runs.slow.push(await tripsAt(1, slow, context));
      runs.syncs.push([...before, ...between]);
    }
    const each = (of: Trip[][], what: keyof Omit<Trip, 'frame'>, q: number): number[] =>
      of.map((trips) =>
        quantile(
          trips.map((trip) => trip[what]),
          q,
        ),
      );
    const { fast: f, slow: s } = runs;
    const atOne = slow > 0 ? 'at 1 Hz' : 'at 1 Hz (left out of a quick bench)';
    return [
      figure('p50_80hz', 'at 80 Hz, p50', each(f, 'whole', 0.5)),
      figure('p99_80hz', 'at 80 Hz, p99', each(f, 'whole', 0.99)),
      rare('p999_80hz', 'at 80 Hz, p99.9', f),
      figure('to_wire_p50_80hz', '… until the record is on the wire, p50', each(f, 'toWire', 0.5)),
      figure(
        'to_ack_p50_80hz',
        '… from there to the acknowledgement, p50',
        each(f, 'toAcknowledgement', 0.5),
      ),
      figure('relay_hop_p50', "… of both, the relay's own hop, p50", hops),
      figure('p50_1hz', `${atOne}, p50`, each(s, 'whole', 0.5)),
      figure('p99_1hz', `${atOne}, p99 (of ${s[0]?.length ?? 0} readings)`, each(s, 'whole', 0.99)),
      rare('p999_1hz', `${atOne}, p99.9`, s),
      figure('to_wire_p50_1hz', '… until the record is on the wire, p50', each(s, 'toWire', 0.5)),
      figure(
        'to_ack_p50_1hz',
        '… from there to the acknowledgement, p50',
        each(s, 'toAcknowledgement', 0.5),
      ),
      figure(
        'disk_sync_p50',
        "the disk's own sync of a line, p50",
        runs.syncs.map((ms) => quantile(ms, 0.5)),
      ),
      figure(
        'disk_sync_p99',
        "the disk's own sync of a line, p99",
        runs.syncs.map((ms) => quantile(ms, 0.99)),
      ),
    ];
  },
};

const figure = (name: string, title: string, runs: readonly number[]): Figure => ({
  name,
  title,
  unit: 'ms',
  runs,
});

function rare(name: string, title: string, runs: readonly Trip[][]): Figure {
  const least = Math.min(...runs.map(({ length }) => length));
  if (runs.length === 0) return figure(name, title, []);
  if (least < LEAST_FOR_P999) {
    const why = `not measured: of ${least} readings a run there is none`;
    return figure(name, `${title} (${why})`, []);
  }
  const whole = runs.map((trips) => trips.map((trip) => trip.whole));
  return figure(
    name,
    title,
    whole.map((ms) => quantile(ms, 0.999)),
  );
}

async function syncs({ dir, quick, signal }: MeasurementContext): Promise<number[]> {
  return await diskSyncs(dir, { count: quick ? 60 : 400, everyMs: 12.5, signal });
}

async function tripsAt(
  pollsPerSecond: number,
  seconds: number,
  context: MeasurementContext,
): Promise<Trip[]> {
  return await onALine(context, { pollsPerSecond }, async (bench) => {
    const trips = new RoundTrips();
    let broken: Error | undefined;
    const relay = await Relay.open({
      listen: { host: HOST, port: 0 },
      target: { host: HOST, port: bench.ports.stream },
      witness: trips,
      failed: (error) => (broken = error),
    });
    bench.atClose(() => relay.close());
    const sources = [`tcp://${HOST}:${relay.port}`];
    await bench.configure(asPeopleRunIt({ writer: { sources } }));
    return await tripsOn(bench, trips, async () => {
      await pass(seconds, context, `latency at ${pollsPerSecond} Hz`);
      if (broken !== undefined) throw broken;
    });
  });
}

/** The readings of the time that `passing` takes; each of them is in the database afterwards. */
async function tripsOn(
  bench: Bench,
  trips: RoundTrips,
  passing: () => Promise<void>,
): Promise<Trip[]> {
  // No two frames are alike, so that each is known again.
  const meter = await bench.startMeter('--numbered');
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await eventually(
    'acknowledgements',
    () => trips.acknowledged >= 2,
    30_000,
    () => writer.tail(),
  );
  await delay(2_000);
  const fromUs = microsecondsSinceBoot();
  await passing();
  const toUs = microsecondsSinceBoot();
  await delay(1_000);
  checkAlive(meter, writer, acquisition);
  await acquisition.stop();
  await writer.stop();
  await meter.stop();
  const frames = await framesBetween(bench, fromUs, toUs);
  const complete = trips.of(frames).filter((trip) => trip !== undefined);
  const { measurements, integrity } = bench.database();
  const stored = new Set(measurements.map(({ raw_frame }) => raw_frame.toString('hex')));
  if (integrity !== 'ok') throw new BenchError('not_verified', `The database: ${integrity}`);
  if (complete.length < frames.length || complete.some(({ frame }) => !stored.has(frame))) {
    throw new BenchError(
      'not_verified',
      `Of ${frames.length} frames ${complete.length} were acknowledged, and not all are in the database.`,
    );
  }
  return complete;
}
