/**
 * The limit for one meter on this machine: two bare Node processes with the same parts, serialport, zeromq and
 * better-sqlite3, that do nothing but pass each answer on, sync it, acknowledge it and insert it once a second. Nothing
 * that keeps the promise is in it. What acquisition and writer cost beyond is the price of the promise; what they may not
 * cost less than is this.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { eventually, microsecondsSinceBoot, PATIENCE_MS } from '@elmetron/rig';
import { startBarePair } from '../bare/bare-pair.js';
import { BenchError } from '../bench-error.js';
import { atBothPaces, type Times } from '../line/paces.js';
import { costOf, sum, type Cost } from '../line/process-cost.js';
import { checkAlive, framesBetween, onALine, pass } from '../line/on-a-line.js';
import type { Figure, Measurement, MeasurementContext } from '../measurement.js';
import { quantile } from '../statistics.js';

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
  measure: (context) => atBothPaces(context, outcomeAt, figures),
};

function figures(pace: string, title: string, outcomes: readonly Outcome[]): Figure[] {
  return [
    {
      name: `cpu_${pace}`,
      title: `${title}: processor time of both`,
      unit: 's',
      runs: outcomes.map(({ cpu, readings }) => (sum(cpu) / readings) * THOUSAND),
    },
    {
      name: `p50_${pace}`,
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
    const asked = async (): Promise<boolean> => {
      checkAlive(acquisition, writer);
      return (await bench.account()).length >= 2;
    };
    await eventually('the meter to be asked', asked, PATIENCE_MS);
    await delay(warm * 1000);
    const fromUs = microsecondsSinceBoot();
    const cost = await costOf([acquisition, writer], () =>
      pass(measured, context, `bare processes at ${pollsPerSecond} Hz`),
    );
    const toUs = microsecondsSinceBoot();
    checkAlive(acquisition, writer);
    await delay(100);
    const acknowledged = new Map((await end()).map((trip) => [trip.frame, trip.acknowledgedUs]));
    const frames = await framesBetween(bench, fromUs, toUs);
    const latencyMs = frames.map(
      ({ frame, bootUs }) => ((acknowledged.get(frame) ?? NaN) - bootUs) / 1000,
    );
    if (latencyMs.length === 0 || latencyMs.some(Number.isNaN)) {
      throw new BenchError('not_verified', `Of ${frames.length} frames not all were acknowledged.`);
    }
    return { ...cost, readings: frames.length, latencyMs };
  });
}
