/**
 * What is told of one meter both at 1 Hz and at 80 Hz, over a fixed time that begins a while after the start: Node compiles
 * what it runs often in the course of some thousand readings, so at 1 Hz the first minutes cost more than what follows.
 */
import type { Figure, MeasurementContext } from '../measurement.js';

/** Seconds. */
export interface Times {
  readonly warm: number;
  readonly measured: number;
}

const SLOW_HZ = 1;
const FAST_HZ = 80;
/** At 1 Hz a few seconds would tell what code costs that has hardly run yet. */
const QUICK = { slow: undefined, fast: { warm: 4, measured: 5 } };
const WHOLE = { slow: { warm: 90, measured: 60 }, fast: { warm: 20, measured: 30 } };

/** `outcome` of each run and pace, as the figures of each pace, whose names end in `_<pace>`. */
export async function atBothPaces<T>(
  context: MeasurementContext,
  outcome: (pollsPerSecond: number, times: Times, context: MeasurementContext) => Promise<T>,
  figures: (pace: string, title: string, outcomes: readonly T[]) => Figure[],
): Promise<Figure[]> {
  const times = context.quick ? QUICK : WHOLE;
  const [slow, fast]: [T[], T[]] = [[], []];
  for (let run = 0; run < context.runs; run++) {
    if (times.slow !== undefined) slow.push(await outcome(SLOW_HZ, times.slow, context));
    fast.push(await outcome(FAST_HZ, times.fast, context));
  }
  const leftOut = times.slow === undefined ? ' (left out of a quick bench)' : '';
  return [...figures('1hz', `at 1 Hz${leftOut}`, slow), ...figures('80hz', 'at 80 Hz', fast)];
}
