/**
 * A session while one transaction adds to it. It is read when the transaction first meets it and
 * written once at its end: within a transaction nobody else can write, and nothing is remembered
 * from one to the next, where another process (a writer and a recovery side by side) may have added
 * to the same session. So no cache grows with the sessions of weeks either.
 */
import type { SessionRecord } from '@elmetron/protocol';
import { recordInstant } from './row-mapping.js';
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
  readonly #firstMs: number | null;
  readonly #lastMs: number | null;
  /** Of what this transaction has added: the earliest instant, and that of the highest number. */
  #firstAt: string | undefined;
  #lastAt: string | undefined;
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

  /** Counts a record that has just been inserted. */
  inserted(record: SessionRecord, recovered: boolean): void {
    const at = recordInstant(record);
    this.#changed = true;
    this.#rows++;
    if (record.type === 'measurement') {
      this.#measurements++;
      if (recovered) this.#recovered++;
    }
    if (this.#firstAt === undefined || at < this.#firstAt) this.#firstAt = at;
    if (record.seq > this.lastSeq) {
      this.lastSeq = record.seq;
      this.#lastAt = at;
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
      first_ms: this.#earliest(),
      last_seq: this.lastSeq,
      last_ms: this.#lastAt === undefined ? this.#lastMs : Date.parse(this.#lastAt),
    });
  }

  #earliest(): number | null {
    if (this.#firstAt === undefined) return this.#firstMs;
    const added = Date.parse(this.#firstAt);
    return Math.min(added, this.#firstMs ?? added);
  }
}
