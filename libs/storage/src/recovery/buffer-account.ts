/**
 * Counts what is found in one buffer and what the store makes of it, so that the summary, the log
 * and the audit events all tell the same story.
 */
import type { SessionRecord } from '@elmetron/protocol';
import type { MeasurementRun } from '../buffer/index.js';
import type { CommitResult, SequenceRange } from '../store/store.js';
import type { BufferStatus, BufferSummary } from './summary.js';

/** Where something is wrong in a buffer. */
export interface Damage {
  readonly offset: number;
  readonly reason: string;
}

/** As many places as a person would look at; the counts are of all. */
const LISTED = 100;

export class BufferAccount {
  readonly path: string;
  session: string | undefined;
  records = 0;
  measurements = 0;
  /** New to the store. */
  readonly inserted = { measurements: 0, auditEvents: 0 };
  conflicts = 0;
  /** Measurements handed to the store, whatever it did with them. */
  #offered = 0;
  damaged = 0;
  torn: { readonly offset: number; readonly end: number } | undefined;
  readonly damage: Damage[] = [];
  readonly holes: SequenceRange[] = [];
  readonly #last = new Map<string, number>();

  /** @param session what the file's name says, until a line says it */
  constructor(path: string, session?: string) {
    this.path = path;
    this.session = session;
  }

  record({ type, session, seq }: SessionRecord): void {
    if (this.records === 0) this.session = session;
    this.records++;
    if (type === 'measurement') this.measurements++;
    if (type !== 'session_start') this.#followOn(session, seq, seq);
  }

  run({ session, first, table }: MeasurementRun): void {
    if (this.records === 0) this.session = session;
    this.records += table.lines;
    this.measurements += table.lines;
    this.#followOn(session, first, first + table.lines - 1);
  }

  /** A segment is its session's start line, then consecutive records from any number on. */
  #followOn(session: string, first: number, last: number): void {
    const before = this.#last.get(session);
    if (before !== undefined && first > before + 1 && this.holes.length < LISTED) {
      this.holes.push({ from: before + 1, to: first - 1 });
    }
    this.#last.set(session, Math.max(before ?? 0, last));
  }

  damagedLine(offset: number, reason: string, lines = 1): void {
    this.damaged += lines;
    if (this.damage.length < LISTED) this.damage.push({ offset, reason });
  }

  /** @param measurements how many the batch held */
  committed(result: CommitResult, measurements: number): void {
    this.#offered += measurements;
    this.inserted.measurements += result.insertedMeasurements;
    this.inserted.auditEvents += result.insertedAuditEvents;
    this.conflicts += result.conflicts.length;
  }

  /** In a dry run nobody asks the store: everything may be new to it. */
  assumeNew(auditEvents: number): void {
    this.inserted.measurements = this.measurements;
    this.inserted.auditEvents = auditEvents;
  }

  get tornBytes(): number {
    return this.torn === undefined ? 0 : this.torn.end - this.torn.offset;
  }

  summary(status: BufferStatus, error: string | null = null): BufferSummary {
    const { measurements, auditEvents } = this.inserted;
    return {
      path: this.path,
      session_uid: this.session ?? null,
      measurements,
      status,
      error,
      records: this.records,
      already_stored: Math.max(0, this.#offered - measurements - this.conflicts),
      audit_events: auditEvents,
      quarantined_lines: this.damaged + this.conflicts,
      torn_bytes: this.tornBytes,
      holes: this.holes,
    };
  }
}
