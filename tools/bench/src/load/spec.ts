/** What passes between the bench and its load process: one JSON argument there, one JSON object a line back. */

export interface LoadedSource {
  readonly name: string;
  readonly port: number;
  readonly measurements: number;
  /** Offered at this pace; all at once when it is not given. */
  readonly perSecond?: number;
}

export interface LoadSpec {
  readonly sources: readonly LoadedSource[];
  /** All lines are made before anything is offered. */
  readonly ahead: boolean;
}

/** How old the oldest record of an acknowledgement was, and how many were not acknowledged, over a run at a pace. */
export interface AtRisk {
  readonly ms: { readonly p50: number; readonly p99: number; readonly most: number };
  readonly records: { readonly p50: number; readonly p99: number; readonly most: number };
}

export type LoadEvent =
  /** It listens. */
  | { readonly event: 'ready' }
  /** A consumer has said hello to every source. */
  | { readonly event: 'connected' }
  /** The first record may be read. `at`: milliseconds of the monotonic clock that all processes share. */
  | { readonly event: 'began'; readonly at: number }
  /** Everything is acknowledged. */
  | { readonly event: 'acknowledged'; readonly at: number; readonly atRisk: AtRisk | null }
  | { readonly event: 'progress'; readonly durable: number };

/** Milliseconds of CLOCK_MONOTONIC: the same in every process of the machine. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
