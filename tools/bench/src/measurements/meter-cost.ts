/**
 * What one meter costs: processor time of acquisition and writer together, scaled to a thousand readings from
 * those of a fixed time. Nothing is subtracted: what the processes do while nothing comes is part of it. Their start
 * is not: a meter is recorded for hours. Of the first minutes at 1 Hz, which cost more, a part is in the figure. Not in it is what V8 does once in a life: some
 * 16 to 40 s after the start, when little happens, it goes through the whole heap, which costs as much as ten readings.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { eventually, owedTo, readHealth, type Bench } from '@elmetron/rig';
import { BenchError } from '../bench-error.js';
import { checkAlive, onALine, pass } from '../line/on-a-line.js';
import { atBothPaces, type Times } from '../line/paces.js';
import { costOf, sum, type Cost } from '../line/process-cost.js';
import type { Figure, Measurement, MeasurementContext } from '../measurement.js';

interface Outcome extends Cost {
  readonly readings: number;
}

const THOUSAND = 1000;

export const meterCost: Measurement = {
  name: 'meter-cost',
  title: 'cost of one meter, scaled to 1,000 readings',
  measure: (context) => atBothPaces(context, costAt, figures),
};

function figures(pace: string, title: string, outcomes: readonly Outcome[]): Figure[] {
  const cpu = (of: string, words: string, which: (cost: Outcome) => number): Figure => ({
    name: `${of}_${pace}`,
    title: `${title}: ${words}`,
    unit: 's',
    runs: outcomes.map((outcome) => (which(outcome) / outcome.readings) * THOUSAND),
  });
  return [
    cpu('cpu', 'processor time of acquisition and writer', ({ cpu: all }) => sum(all)),
    cpu('cpu_acquisition', '… of it acquisition', ({ cpu: [acquisition] }) => acquisition ?? NaN),
    cpu('cpu_writer', '… of it writer', ({ cpu: [, writer] }) => writer ?? NaN),
    {
      name: `memory_${pace}`,
      title: `${title}: memory of both`,
      unit: 'MB',
      runs: outcomes.map(({ memory }) => sum(memory)),
    },
    {
      name: `readings_per_second_${pace}`,
      title: `${title}: readings stored`,
      unit: 'readings/s',
      runs: outcomes.map(({ readings, seconds }) => readings / seconds),
    },
  ];
}

async function costAt(
  pollsPerSecond: number,
  { warm, measured }: Times,
  context: MeasurementContext,
): Promise<Outcome> {
  return await onALine(context, { pollsPerSecond }, async (bench) => {
    await bench.startMeter();
    const writer = bench.startWriter();
    const acquisition = bench.startAcquisition();
    await bench.sent(2);
    await untilAcknowledged(bench);
    await delay(warm * 1000);
    const from = new Date().toISOString();
    const cost = await costOf([acquisition, writer], () =>
      pass(measured, context, `cost at ${pollsPerSecond} Hz`),
    );
    const to = new Date().toISOString();
    checkAlive(acquisition, writer);
    await acquisition.stop();
    await writer.stop();
    const { measurements, integrity } = bench.database();
    if (integrity !== 'ok') throw new BenchError('not_verified', `The database: ${integrity}`);
    const readings = measurements.filter(({ captured_at: at }) => at >= from && at < to).length;
    if (readings === 0) throw new BenchError('not_done', 'No reading was stored.');
    return { ...cost, readings };
  });
}

/** Both are ready, and what was read so far has made the whole way. */
async function untilAcknowledged(bench: Bench): Promise<void> {
  await eventually(
    'the first readings to be acknowledged',
    async () => {
      const page = await readHealth(bench.ports.acquisition);
      return Number(page?.['readings']) >= 2 && owedTo(page) < 2;
    },
    60_000,
  );
}
