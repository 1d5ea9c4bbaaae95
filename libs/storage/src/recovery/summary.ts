/**
 * What one recovery did. The first five keys and the shape of `buffers` are a format that others
 * read (`--json`); everything counts what this run did, so a run that finds nothing new says 0.
 */
import type { SequenceRange } from '../store/store.js';

/**
 * - `recovered`: everything in it is in the store for good, the file is removed (and archived).
 * - `empty`: it held no record (at most a torn first line); removed.
 * - `kept`: its records are in the store, but the file has to stay until the next run: the store
 *   could not be checkpointed, the file still changed, or the run was told to stop.
 * - `failed`: it could not be recovered and stays where it is; `error` says why.
 * - `foreign`: not a buffer of any kind known here; left alone.
 * - `found`: in a dry run, what a real one would take.
 */
export type BufferStatus = 'recovered' | 'empty' | 'kept' | 'failed' | 'foreign' | 'found';

export interface BufferSummary {
  readonly path: string;
  /** null when no line of it says, nor its name. */
  readonly session_uid: string | null;
  /** Measurements that were new to the store; in a dry run, all that the buffer holds. */
  readonly measurements: number;
  readonly status: BufferStatus;
  /** Why it failed or stays, as a sentence. */
  readonly error: string | null;
  /** Whole records in the buffer, of all types. */
  readonly records: number;
  /** Measurements that the store had already (the writer had committed them before it died). */
  readonly already_stored: number;
  readonly audit_events: number;
  /** Lines set aside: damaged ones, and ones that the store holds with other content. */
  readonly quarantined_lines: number;
  /** Bytes of a torn write at the end; a copy is in the quarantine. */
  readonly torn_bytes: number;
  /** Sequence numbers that are missing between its lines. */
  readonly holes: readonly SequenceRange[];
}

export interface RecoverySummary {
  /** Sessions of which a dead writer had left records, whether or not any was new to the store. */
  readonly recovered_sessions: number;
  /** Measurements that were new to the store: those that would have been lost. */
  readonly recovered_measurements: number;
  readonly recovered_audit_events: number;
  readonly failed_recoveries: number;
  readonly quarantined_lines: number;
  readonly buffers: readonly BufferSummary[];
  /** Measurements in the buffers that the store had already. */
  readonly already_stored_measurements: number;
  /** Runs whose buffers were left alone because a living process holds them. */
  readonly living_runs: number;
  /** Sessions that have their end but not all of their records: an alarm unless more is on its way. */
  readonly incomplete_sessions: readonly string[];
  /** True when the run was told to stop before it was through. */
  readonly interrupted: boolean;
  readonly dry_run: boolean;
}

/** How far a recovery is; `bytes` of `totalBytes` in all buffers found at its start. */
export interface RecoveryProgress {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly path: string;
}

export function summarise(
  buffers: readonly BufferSummary[],
  rest: Pick<RecoverySummary, 'living_runs' | 'incomplete_sessions' | 'interrupted' | 'dry_run'>,
): RecoverySummary {
  const sum = (of: (buffer: BufferSummary) => number): number =>
    buffers.reduce((total, buffer) => total + of(buffer), 0);
  const sessions = buffers.filter(isCrashedSession).map((buffer) => buffer.session_uid);
  return {
    recovered_sessions: new Set(sessions).size,
    recovered_measurements: sum((buffer) => buffer.measurements),
    recovered_audit_events: sum((buffer) => buffer.audit_events),
    failed_recoveries: buffers.filter((buffer) => buffer.status === 'failed').length,
    quarantined_lines: sum((buffer) => buffer.quarantined_lines),
    buffers,
    already_stored_measurements: sum((buffer) => buffer.already_stored),
    ...rest,
  };
}

function isCrashedSession(buffer: BufferSummary): boolean {
  const taken = buffer.status === 'recovered' || buffer.status === 'found';
  return (taken && buffer.records > 0) || buffer.measurements + buffer.audit_events > 0;
}
