/**
 * A session while one transaction adds to it. It is read when the transaction first meets it and
 * written once at its end: within a transaction nobody else can write, and nothing is remembered
 * from one to the next, where another process (a writer and a recovery side by side) may have added
 * to the same session. So no cache grows with the sessions of weeks either.
 */
import type { RecordType } from '@elmetron/protocol';
import type { SessionRow, Statements } from './statements.js';

export class SessionInTransaction {
  readonly id: number;
  readonly uid: string;
  /** True once the session_start record is in the store. */
  hasStart: boolean;
  /** Number of the session_end record, if that is in the store. */
  endSeq: number | null;
  instrumentId: number | null;
  lastSeq: number;
  #rows: number;
  #measurements: number;
  #recovered: number;
  #firstMs: number | null;
  #lastMs: number | null;
  #changed = false;

  constructor(row: SessionRow) {
    this.id = row.id;
    this.uid = row.uid;
    this.hasStart = row.started_ms !== null;
    this.endSeq = row.end_seq;
    this.instrumentId = row.instrument_id;
    this.lastSeq = row.last_seq;
    this.#rows = row.row_count;
    this.#measurements = row.measurement_count;
    this.#recovered = row.recovered_count;
    this.#firstMs = row.first_ms;
    this.#lastMs = row.last_ms;
  }

  /** Counts a record that has just been inserted; `ms` is its instant, milliseconds UTC. */
  inserted(type: RecordType, seq: number, ms: number, recovered: boolean): void {
    this.#changed = true;
    this.#rows++;
    if (type === 'measurement') {
      this.#measurements++;
      if (recovered) this.#recovered++;
    }
    if (this.#firstMs === null || ms < this.#firstMs) this.#firstMs = ms;
    if (seq > this.lastSeq) {
      this.lastSeq = seq;
      this.#lastMs = ms;
    }
  }

  save(statements: Statements): void {
    if (!this.#changed) return;
    statements.session.setCounters.run({
      id: this.id,
      instrument_id: this.instrumentId,
      row_count: this.#rows,
      measurement_count: this.#measurements,
      recovered_count: this.#recovered,
      first_ms: this.#firstMs,
      last_seq: this.lastSeq,
      last_ms: this.#lastMs,
    });
  }
}
