/**
 * What the product is to reach, in one table: each target is computed from figures of one and the same bench,
 * most of them as a ratio, so that it says the same on a fast machine and on a slow one.
 */
import type { Lookup } from './results.js';

export type Bound = { readonly least: number } | { readonly most: number };

export interface Target {
  /** snake_case, unique. */
  readonly name: string;
  readonly title: string;
  /** '×' for a ratio. */
  readonly unit: string;
  readonly bound: Bound;
  /** Undefined when a figure that it needs was not measured. */
  readonly value: (of: Lookup) => number | undefined;
}

export interface Judged {
  readonly target: Target;
  readonly value: number | undefined;
  /** Undefined: not measured. */
  readonly met: boolean | undefined;
}

const FRACTION_OF_CEILING = 0.6;

/** The quotient of two medians, each named by measurement and figure. */
function quotient(
  over: readonly [string, string],
  under: readonly [string, string],
): Target['value'] {
  return (of) => {
    const [a, b] = [of(...over), of(...under)];
    return a === undefined || b === undefined || b === 0 ? undefined : a / b;
  };
}

/** A figure as it is. */
function median(measurement: string, figure: string): Target['value'] {
  return (of) => of(measurement, figure);
}

export const targets: readonly Target[] = [
  {
    name: 'end_to_end_to_base_line',
    title: 'durable end to end : base line',
    unit: '×',
    bound: { least: 20 },
    value: quotient(['end-to-end', 'records_per_second'], ['baseline', 'records_per_second']),
  },
  {
    name: 'end_to_end_to_ceiling',
    title: 'durable end to end : ceiling',
    unit: '×',
    bound: { least: FRACTION_OF_CEILING },
    value: quotient(['end-to-end', 'records_per_second'], ['limits', 'ceiling']),
  },
  {
    name: 'recovery_to_base_line',
    title: 'recovery of a large buffer : base line',
    unit: '×',
    bound: { least: 25 },
    value: quotient(['recovery', 'records_per_second'], ['baseline', 'records_per_second']),
  },
  {
    name: 'disk_to_base_line',
    title: 'disk bytes written a reading at 1,000/s : base line',
    unit: '×',
    bound: { most: 0.2 },
    value: quotient(['disk', 'bytes_per_reading_at_1000'], ['disk', 'bytes_per_reading_base_line']),
  },
  {
    name: 'database_bytes',
    title: 'database bytes a reading, raw frame included',
    unit: 'B/reading',
    bound: { most: 230 },
    value: (of) => of('database-size', 'bytes_per_reading'),
  },
  {
    name: 'memory_growth',
    title: 'writer memory, the last mark : the first',
    unit: '×',
    bound: { most: 1.1 },
    value: quotient(['memory', 'after_third_mark'], ['memory', 'after_first_mark']),
  },
  {
    name: 'at_risk_1',
    title: 'readings at risk at 1 Hz, beside the one on its way',
    unit: 'readings',
    bound: { most: 0 },
    value: (of) => {
      const waiting = of('disk', 'at_risk_p99_at_1');
      return waiting === undefined ? undefined : waiting - 1;
    },
  },
  {
    name: 'latency_p99_80hz',
    title: 'latency at 80 Hz, p99',
    unit: 'ms',
    bound: { most: 10 },
    value: median('latency', 'p99_80hz'),
  },
  {
    name: 'latency_p50_to_disk_sync',
    title: "latency at 80 Hz, p50, less the relay's hop : the disk's own sync",
    unit: '×',
    bound: { most: 5 },
    value: (of) => {
      const [whole, hop] = [of('latency', 'p50_80hz'), of('latency', 'relay_hop_p50')];
      const sync = of('latency', 'disk_sync_p50');
      if (whole === undefined || hop === undefined || sync === undefined || sync === 0)
        return undefined;
      return (whole - hop) / sync;
    },
  },
  {
    name: 'fleet_64_cpu',
    title: '64 meters at line rate: processor time of the writer',
    unit: '%',
    bound: { most: 50 },
    value: median('fleet', 'cpu_64'),
  },
  {
    name: 'fleet_64_lag_p99',
    title: '64 meters at line rate: lag, p99',
    unit: 'ms',
    bound: { most: 100 },
    value: median('fleet', 'lag_p99_64'),
  },
  {
    name: 'meter_cost_1hz',
    title: 'one meter at 1 Hz: processor time of 1,000 readings',
    unit: 's',
    bound: { most: 5 },
    value: median('meter-cost', 'cpu_1hz'),
  },
  {
    name: 'meter_cost_80hz',
    title: 'one meter at 80 Hz: processor time of 1,000 readings',
    unit: 's',
    bound: { most: 0.6 },
    value: median('meter-cost', 'cpu_80hz'),
  },
  {
    name: 'polls_missed_writer_killed',
    title: 'polls missed when the writer is killed',
    unit: 'polls',
    bound: { most: 0 },
    value: median('outage', 'missed_writer'),
  },
  {
    name: 'outage_of_acquisition',
    title: "from acquisition's death to the next answer",
    unit: 's',
    bound: { most: 0.5 },
    value: median('outage', 'until_answer'),
  },
  {
    name: 'buffering_cpu',
    title: 'buffering on against off at 1 Hz: processor time',
    unit: '%',
    bound: { most: 0.2 },
    value: median('buffering-cost', 'cpu_more'),
  },
  {
    name: 'buffering_memory',
    title: 'buffering on against off at 1 Hz: memory',
    unit: 'MB',
    bound: { most: 1 },
    value: median('buffering-cost', 'memory_more'),
  },
];

export function judge(all: readonly Target[], of: Lookup): Judged[] {
  return all.map((target) => {
    const value = target.value(of);
    return { target, value, met: value === undefined ? undefined : meets(value, target.bound) };
  });
}

export function meets(value: number, bound: Bound): boolean {
  return 'least' in bound ? value >= bound.least : value <= bound.most;
}
