/** How long each process takes from its start until it is ready; recovery, which is a job, until it has found nothing to do. */
import { setTimeout as delay } from 'node:timers/promises';
import { Bench, type Run } from '@elmetron/rig';
import { BenchError } from '../bench-error.js';
import type { Figure, Measurement } from '../measurement.js';

interface Start {
  readonly name: string;
  readonly title: string;
  readonly start: (bench: Bench) => Promise<Run> | Run;
  /** A word on its standard output; when it is not given, its end. */
  readonly ready?: string;
}

const STARTS: readonly Start[] = [
  {
    name: 'meter',
    title: 'emulated meter',
    start: (bench) => bench.startMeterAtOnce(),
    ready: '"ready"',
  },
  {
    name: 'acquisition',
    title: 'acquisition',
    start: (bench) => bench.startAcquisition(),
    ready: 'acquisition runs',
  },
  {
    name: 'recovery',
    title: 'recovery, with nothing to do',
    start: (bench) => bench.startRecovery(),
  },
  {
    name: 'writer',
    title: 'writer',
    start: (bench) => bench.startWriter(),
    ready: 'The writer runs',
  },
];
/** A start is soon repeated, however few runs are asked for. */
const AT_LEAST = { whole: 5, quick: 2 };
const WITHIN_MS = 60_000;

export const startUp: Measurement = {
  name: 'start-up',
  title: 'Start-up, from spawn until ready',
  async measure(context) {
    const runs = Math.max(context.runs, context.quick ? AT_LEAST.quick : AT_LEAST.whole);
    const taken = STARTS.map((): number[] => []);
    for (let run = 0; run < runs; run++) {
      // A new place each time: the first start makes its directories and its database, as at a new bench.
      const bench = await Bench.open({ parent: context.dir, config: { log: { level: 'info' } } });
      try {
        for (const [i, start] of STARTS.entries()) {
          if (context.signal.aborted)
            throw new BenchError('interrupted', 'The bench was interrupted.');
          context.progress(
            run * STARTS.length + i,
            runs * STARTS.length,
            `start of ${start.title}`,
          );
          taken[i]?.push(await timeOf(start, bench));
        }
      } finally {
        await bench.close();
      }
    }
    return STARTS.map(({ name, title }, i): Figure => ({
      name: `${name}_ms`,
      title,
      unit: 'ms',
      runs: taken[i] ?? [],
    }));
  },
};

async function timeOf({ name, start, ready }: Start, bench: Bench): Promise<number> {
  const began = performance.now();
  const run = await start(bench);
  if (ready === undefined) {
    const { code } = await run.exited;
    if (code !== 0) throw new BenchError('not_done', `${name} failed: ${run.tail()}`);
    return performance.now() - began;
  }
  while (!run.stdout.some((line) => line.includes(ready))) {
    if (run.exit !== undefined || performance.now() - began > WITHIN_MS)
      throw new BenchError('not_done', `${name} did not become ready: ${run.tail()}`);
    await delay(1);
  }
  return performance.now() - began;
}
