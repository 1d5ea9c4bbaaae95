/**
 * One transaction's work: each record is new, or a replay, or a conflict, decided by its key and
 * its content alone. Records may come in any order and from any number of sessions.
 */
import { crc32 } from 'node:zlib';
import type { Clock, LineTable, SessionRecord } from '@elmetron/protocol';
import { MeasurementLines } from './measurement-lines.js';
import { RecordTables } from './record-tables.js';
import { readRecordLine, type RecordLine } from './record-lines.js';
import { eventColumns } from './row-mapping.js';
import { SessionInTransaction } from './session-in-transaction.js';
import type { Statements } from './statements.js';
import type { CommitResult, Conflict } from './store.js';

export class BatchCommit {
  readonly #statements: Statements;
  readonly #tables: RecordTables;
  readonly #recovered: boolean;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, SessionInTransaction>();
  #last: SessionInTransaction | undefined;
  readonly #conflicts: Conflict[] = [];
  #inserted = 0;
  #insertedMeasurements = 0;
  #insertedAuditEvents = 0;
  #replayed = 0;

  constructor(statements: Statements, recovered: boolean, clock: Clock) {
    this.#statements = statements;
    this.#tables = new RecordTables(statements);
    this.#recovered = recovered;
    this.#clock = clock;
  }

  /** Throws StorageError `bad_line`. */
  addLines(bytes: Uint8Array, table: LineTable): void {
    const lines = new MeasurementLines(bytes, table);
    const origin = { recovered: this.#recovered, imported: false };
    while (lines.next()) {
      const session = lines.isMeasurement ? this.session(lines.session) : undefined;
      // Above all numbers that the session has: new, whatever it is.
      if (session === undefined || lines.seq <= session.lastSeq) {
        this.add(readRecordLine(lines.bytes));
        continue;
      }
      this.#tables.insertMeasurement(session, lines.seq, lines.columns(), origin);
      this.#inserted++;
      this.#insertedMeasurements++;
    }
  }

  add({ line, record }: RecordLine): void {
    const session = this.session(record.session);
    switch (this.#tables.held(session, record)) {
      case 'nothing':
        this.#insert(session, record, false);
        break;
      case 'same':
        this.#replayed++;
        break;
      case 'other':
        this.#refuse(line, record);
    }
  }

  /** A measurement of the predecessor under the next free number, if it is not here that often. */
  addImported({ record }: RecordLine, occurrence: number): void {
    if (record.type !== 'measurement') return;
    const session = this.session(record.session);
    const held = this.#tables.importedBefore(session, record);
    if (held >= occurrence) this.#replayed++;
    else this.#insert(session, { ...record, seq: session.lastSeq + 1 }, true);
  }

  /** To be called once, at the end of the transaction. */
  finish(): CommitResult {
    for (const session of this.#sessions.values()) session.save(this.#statements);
    return {
      inserted: this.#inserted,
      insertedMeasurements: this.#insertedMeasurements,
      insertedAuditEvents: this.#insertedAuditEvents,
      replayed: this.#replayed,
      conflicts: this.#conflicts,
    };
  }

  /** Makes the session of what the record says when its start is not here, or not yet. */
  session(uid: string): SessionInTransaction {
    if (this.#last?.uid === uid) return this.#last;
    const known = this.#sessions.get(uid);
    if (known !== undefined) return (this.#last = known);
    const { find, add } = this.#statements.session;
    const row = find.get(uid) ?? add.get(uid);
    if (row === undefined) throw new Error(`the session ${uid} was neither found nor made`);
    const session = new SessionInTransaction(row);
    this.#sessions.set(uid, session);
    return (this.#last = session);
  }

  #insert(session: SessionInTransaction, record: SessionRecord, imported: boolean): void {
    this.#tables.insert(session, record, { recovered: this.#recovered, imported });
    this.#inserted++;
    if (record.type === 'measurement') this.#insertedMeasurements++;
    if (record.type === 'audit_event') this.#insertedAuditEvents++;
  }

  /** What was refused is kept whole in the event: the caller may be killed before it has it. */
  #refuse(line: Uint8Array, { session, seq, type }: SessionRecord): void {
    const kept = new Uint8Array(line);
    this.#conflicts.push({ session, seq, line: kept });
    const key = `conflict:${session}:${seq}:${crc32(kept).toString(16).padStart(8, '0')}`;
    const event = eventColumns({
      key,
      at: new Date(this.#clock.now()).toISOString(),
      level: 'error',
      category: 'conflict',
      message: `A ${type} was refused: record ${seq} of its session is in the store with other content`,
      payload: { session, seq, type, line: Buffer.from(kept).toString() },
    });
    this.#statements.event.addKeyed.run(key, session, event);
  }
}
