/** Everything that one bench has found, and how a figure in it is looked up. */
import { cpus, release, totalmem } from 'node:os';
import type { Figure } from './measurement.js';
import type { Measured } from './run-measurements.js';
import { median } from './statistics.js';

export interface Machine {
  readonly processors: number;
  readonly processor: string;
  readonly memory_mb: number;
  readonly kernel: string;
  readonly node: string;
}

export interface Results {
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly quick: boolean;
  /** As asked for. */
  readonly runs: number;
  readonly machine: Machine;
  readonly measured: readonly Measured[];
}

export function thisMachine(): Machine {
  const all = cpus();
  return {
    processors: all.length,
    processor: all[0]?.model.trim() ?? 'unknown',
    memory_mb: Math.round(totalmem() / 1024 / 1024),
    kernel: release(),
    node: process.version,
  };
}

/** The median of a figure; undefined when it was not measured. */
export type Lookup = (measurement: string, figure: string) => number | undefined;

export function lookupIn(measured: readonly Measured[]): Lookup {
  return (measurement, figure) => {
    const found = figureIn(measured, measurement, figure);
    return found === undefined || found.runs.length === 0 ? undefined : median(found.runs);
  };
}

export function figureIn(
  measured: readonly Measured[],
  measurement: string,
  figure: string,
): Figure | undefined {
  return measured
    .find(({ name }) => name === measurement)
    ?.figures.find(({ name }) => name === figure);
}
