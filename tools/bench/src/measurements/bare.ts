/**
 * The limit for one meter on this machine: two bare Node processes with the same parts, serialport, zeromq and
 * better-sqlite3, that do nothing but pass each answer on, sync it, acknowledge it and insert it once a second. Nothing
 * that keeps the promise is in it. What acquisition and writer cost beyond is the price of the promise; what they may not
 * cost less than is this.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { costOf, sum, type Cost } from '../line/process-cost.js';
import { checkAlive, onALine, pass } from '../line/on-a-line.js';
import { BenchError } from '../bench-error.js';
import { startBarePair } from '../bare/bare-pair.js';
import { microsecondsSinceBoot } from '@elmetron/rig';
import type { Figure, Measurement, MeasurementContext } from '../measurement.js';
import { quantile } from '../statistics.js';
import { COST_TIMES, type Times } from './meter-cost.js';

interface Outcome extends Cost {
  readonly readings: number;
  /** Of each reading, from its last byte to its acknowledgement. */
  readonly latencyMs: readonly number[];
}

const THOUSAND = 1000;

export const bare: Measurement = {
  name: 'bare',
  title:
    'the parts alone: two bare processes that pass on, sync and insert, scaled to 1,000 readings',
  async measure(context) {
    const [slow, fast]: [Outcome[], Outcome[]] = [[], []];
    const times = context.quick ? COST_TIMES.quick : COST_TIMES.whole;
    for (let run = 0; run < context.runs; run++) {
      if (times.slow !== undefined) slow.push(await outcomeAt(1, times.slow, context));
      fast.push(await outcomeAt(80, times.fast, context));
    }
    const atOne = slow.length === 0 ? 'at 1 Hz (left out of a quick bench)' : 'at 1 Hz';
    return [...figures('1hz', atOne, slow), ...figures('80hz', 'at 80 Hz', fast)];
  },
};

function figures(name: string, title: string, outcomes: readonly Outcome[]): Figure[] {
  return [
    {
      name: `cpu_${name}`,
      title: `${title}: processor time of both`,
      unit: 's',
      runs: outcomes.map(({ cpu, readings }) => (sum(cpu) / readings) * THOUSAND),
    },
    {
      name: `p50_${name}`,
      title: `${title}: last byte to acknowledgement, p50`,
      unit: 'ms',
      runs: outcomes.map(({ latencyMs }) => quantile(latencyMs, 0.5)),
    },
  ];
}

async function outcomeAt(
  pollsPerSecond: number,
  { warm, measured }: Times,
  context: MeasurementContext,
): Promise<Outcome> {
  return await onALine(context, { pollsPerSecond }, async (bench) => {
    // No two frames are alike, so that each is known again.
    await bench.startMeter('--numbered');
    const { acquisition, writer, end } = startBarePair(bench, pollsPerSecond);
    await bench.sent(2);
    await delay(warm * 1000);
    const fromUs = microsecondsSinceBoot();
    const cost = await costOf([acquisition, writer], () =>
      pass(measured, context, `bare processes at ${pollsPerSecond} Hz`),
    );
    const toUs = microsecondsSinceBoot();
    checkAlive(acquisition, writer);
    await delay(100);
    const acknowledged = new Map((await end()).map((trip) => [trip.frame, trip.acknowledgedUs]));
    const frames = (await bench.account()).filter(
      ({ whole, bootUs }) => whole && bootUs >= fromUs && bootUs < toUs,
    );
    const latencyMs = frames.map(
      ({ frame, bootUs }) => ((acknowledged.get(frame) ?? NaN) - bootUs) / 1000,
    );
    if (latencyMs.length === 0 || latencyMs.some(Number.isNaN)) {
      throw new BenchError('not_verified', `Of ${frames.length} frames not all were acknowledged.`);
    }
    return { ...cost, readings: frames.length, latencyMs };
  });
}
