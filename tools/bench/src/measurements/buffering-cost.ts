/** What the session buffer costs at 1 Hz: the writer with it and without it, in turns. */
import { setTimeout as delay } from 'node:timers/promises';
import { asPeopleRunIt, checkAlive, onALine, pass } from '../line/on-a-line.js';
import { costOf } from '../line/process-cost.js';
import type { Figure, Measurement, MeasurementContext } from '../measurement.js';

interface Outcome {
  /** Of one processor. */
  readonly percent: number;
  /** MiB */
  readonly memory: number;
}

const WAYS = ['on', 'off'] as const;
type Way = (typeof WAYS)[number];

export const bufferingCost: Measurement = {
  name: 'buffering-cost',
  title: 'buffering on against off at 1 Hz, the writer alone',
  notQuick: 'in a few seconds at 1 Hz its difference is all noise',
  async measure(context) {
    const outcomes: Record<Way, Outcome[]> = { on: [], off: [] };
    for (let run = 0; run < context.runs; run++) {
      // A B B A: whichever comes second has the warmer disk.
      const order = run % 2 === 0 ? WAYS : WAYS.toReversed();
      for (const way of order) outcomes[way].push(await costWith(way, context));
    }
    const { on, off } = outcomes;
    const more = (of: keyof Outcome): number[] => on.map((o, i) => o[of] - (off[i]?.[of] ?? NaN));
    const figure = (name: string, title: string, unit: string, runs: number[]): Figure => ({
      name,
      title,
      unit,
      runs,
    });
    const all = (way: Way, of: keyof Outcome): number[] => outcomes[way].map((o) => o[of]);
    return [
      figure('cpu_on', 'on: processor time, of one processor', '%', all('on', 'percent')),
      figure('cpu_off', 'off: processor time, of one processor', '%', all('off', 'percent')),
      figure('cpu_more', 'on against off: processor time', '%', more('percent')),
      figure('memory_on', 'on: memory', 'MB', all('on', 'memory')),
      figure('memory_off', 'off: memory', 'MB', all('off', 'memory')),
      figure('memory_more', 'on against off: memory', 'MB', more('memory')),
    ];
  },
};

async function costWith(way: Way, context: MeasurementContext): Promise<Outcome> {
  const [warm, seconds] = context.quick ? [3, 8] : [8, 40];
  const config = { storage: { enable_session_buffering: way === 'on' } };
  return await onALine(context, { pollsPerSecond: 1, config }, async (bench) => {
    await bench.configure(asPeopleRunIt(config));
    await bench.startMeter();
    const writer = bench.startWriter();
    const acquisition = bench.startAcquisition();
    await bench.sent(2);
    await delay(warm * 1000);
    const cost = await costOf([writer], () => pass(seconds, context, `buffering ${way}`));
    checkAlive(writer, acquisition);
    const [cpu = NaN] = cost.cpu;
    const [memory = NaN] = cost.memory;
    return { percent: (100 * cpu) / cost.seconds, memory };
  });
}
