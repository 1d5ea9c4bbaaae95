import type { Comparison } from '../recovery/legacy/comparison.js';

/** What an import of one file of the predecessor has found and done. */
export interface ImportSummary {
  readonly path: string;
  readonly kind: 'database' | 'buffer';
  sessions: number;
  /** Rows of raw_frames, or measurements of a buffer. */
  frames: number;
  /** Readings that are new in the store; in a dry run, all that were read. */
  imported_measurements: number;
  /** Readings that the store had already, of a buffer or of an import before. */
  already_stored_measurements: number;
  /** Frames whose answer the meter had begun anew: the header stands in them more than once. */
  doubled_headers: number;
  /** Readings whose value or unit the predecessor had stored otherwise than its frame says. */
  corrected_measurements: number;
  /** Readings of frames of which the predecessor had no measurement. */
  gained_measurements: number;
  /** Frames without a reading in them: kept as events. */
  undecodable_frames: number;
  /**
   * Frames without time or bytes, measurements without frame, annotations of no session: kept as events.
   * Of a buffer: lines that are none, kept in the quarantine.
   */
  unreadable_rows: number;
  /** New ones, of notes and of facts by their key. */
  annotations: number;
  /** Handed to the store, which keeps each once. */
  audit_events: number;
  /** False: it was told to stop; the same import goes on. */
  complete: boolean;
}

export function emptySummary(path: string, kind: ImportSummary['kind']): ImportSummary {
  return {
    path,
    kind,
    sessions: 0,
    frames: 0,
    imported_measurements: 0,
    already_stored_measurements: 0,
    doubled_headers: 0,
    corrected_measurements: 0,
    gained_measurements: 0,
    undecodable_frames: 0,
    unreadable_rows: 0,
    annotations: 0,
    audit_events: 0,
    complete: false,
  };
}

export function compared(summary: ImportSummary, comparison: Comparison): void {
  summary.doubled_headers = comparison.doubledHeaders;
  summary.corrected_measurements = comparison.corrected;
  summary.gained_measurements = comparison.gained;
}
