/**
 * Runs measurements one after the other, each in a directory of its own. Those that are compared with each
 * other take turns (A B A B), so that whatever else the machine does meanwhile falls on all of them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from './bench-error.js';
import type { Figure, Measurement, MeasurementContext } from './measurement.js';

/** All figures of one measurement. */
export interface Measured {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  /** Why it could not be measured (any further). */
  readonly failed?: string;
  /** Why it was not tried. */
  readonly leftOut?: string;
}

export interface RunOptions extends Omit<MeasurementContext, 'dir' | 'progress'> {
  /** Where the directories of the measurements are made. */
  readonly parent: string;
  /** `step` of `steps` calls of a measurement is `share` (0 to 1) done. */
  readonly progress: (step: number, steps: number, share: number, what: string) => void;
}

/**
 * A measurement that fails is told with its reason, and the others go on. Rejects with BenchError `interrupted`
 * when the signal is given.
 */
export async function runMeasurements(
  measurements: readonly Measurement[],
  options: RunOptions,
): Promise<Measured[]> {
  const order = callsOf(measurements, options.runs);
  const figures = new Map<Measurement, Figure[]>();
  const failures = new Map<Measurement, string>();
  for (const [step, { measurement, runs }] of order.entries()) {
    if (failures.has(measurement)) continue;
    try {
      const given = await inOwnDirectory(options.parent, measurement, (dir) =>
        measurement.measure({
          ...options,
          runs,
          dir,
          progress: (done, total, what) =>
            options.progress(step, order.length, total === 0 ? 0 : done / total, what),
        }),
      );
      figures.set(measurement, joined(figures.get(measurement) ?? [], given));
    } catch (error) {
      if (options.signal.aborted) throw new BenchError('interrupted', 'The bench was interrupted.');
      failures.set(measurement, error instanceof Error ? error.message : String(error));
    }
  }
  return measurements.map((measurement) => {
    const failed = failures.get(measurement);
    return {
      name: measurement.name,
      title: measurement.title,
      figures: figures.get(measurement) ?? [],
      ...(failed === undefined ? {} : { failed }),
    };
  });
}

interface Call {
  readonly measurement: Measurement;
  readonly runs: number;
}

/** Those in turns first, then the others. */
export function callsOf(measurements: readonly Measurement[], runs: number): Call[] {
  const inTurns = measurements.filter(({ takesTurns }) => takesTurns === true);
  const alone = measurements.filter(({ takesTurns }) => takesTurns !== true);
  const most = (measurement: Measurement): number =>
    Math.min(runs, measurement.mostRuns ?? Infinity);
  const rounds = Array.from({ length: runs }, (_, round) =>
    inTurns
      .filter((measurement) => round < most(measurement))
      .map((measurement): Call => ({ measurement, runs: 1 })),
  );
  return [
    ...rounds.flat(),
    ...alone.map((measurement): Call => ({ measurement, runs: most(measurement) })),
  ];
}

/** The runs of the same figure in a row. */
function joined(before: readonly Figure[], now: readonly Figure[]): Figure[] {
  const names = new Set([...before, ...now].map(({ name }) => name));
  return [...names].flatMap((name) => {
    const parts = [...before, ...now].filter((figure) => figure.name === name);
    const [first] = parts;
    return first === undefined ? [] : [{ ...first, runs: parts.flatMap(({ runs }) => runs) }];
  });
}

async function inOwnDirectory<T>(
  parent: string,
  { name }: Measurement,
  work: (dir: string) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(parent, `elmetron-${name}-`));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
