/**
 * Where each type of record rests, and what lies there under a key already. One session has one
 * run of numbers over all types, kept in several tables: a number taken by a record of another type
 * is as much a conflict as one taken by other content of the same type.
 */
import {
  decodeFrame,
  type Measurement,
  type MetadataUpdate,
  type SessionEnd,
  type SessionRecord,
  type SessionStart,
} from '@elmetron/protocol/offline';
import {
  endColumns,
  eventColumns,
  measurementColumns,
  metadataColumns,
  recordInstant,
  sameColumns,
  sameMetadata,
  startColumns,
  type MeasurementColumns,
} from './row-mapping.js';
import type { SessionInTransaction } from './session-in-transaction.js';
import type { Statements } from './statements.js';

/** What the store has under a record's key. */
export type Held = 'nothing' | 'same' | 'other';

/** How a measurement came here. */
export interface Origin {
  readonly recovered: boolean;
  readonly imported: boolean;
}

export class RecordTables {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  held(session: SessionInTransaction, record: SessionRecord): Held {
    // A session ends once; its columns have no room for a second end under another number.
    if (record.type === 'session_end' && session.endSeq !== null && session.endSeq !== record.seq) {
      return 'other';
    }
    // Numbers above all that the session has are free: the usual case, and no look-up.
    if (record.seq > session.lastSeq) return 'nothing';
    const same = this.#sameAsHeld(session, record);
    if (same !== undefined) return same ? 'same' : 'other';
    return this.#takenByOther(session, record) ? 'other' : 'nothing';
  }

  /** How often the predecessor's reading of this time and frame is in the session. */
  importedBefore(session: SessionInTransaction, record: Measurement): number {
    const { captured_ms, raw_frame } = measurementColumns(record);
    return this.#statements.measurement.imported.get(session.id, captured_ms, raw_frame) ?? 0;
  }

  insert(session: SessionInTransaction, record: SessionRecord, origin: Origin): void {
    switch (record.type) {
      case 'session_start':
        this.#insertStart(session, record);
        break;
      case 'measurement':
        this.insertMeasurement(session, record.seq, measurementColumns(record), origin);
        return;
      case 'audit_event':
        this.#statements.event.add.run(session.id, record.seq, eventColumns(record));
        break;
      case 'metadata_update':
        this.#insertMetadata(session, record);
        break;
      case 'session_end':
        this.#statements.session.setEnd.run(session.id, endColumns(record));
        session.endSeq = record.seq;
    }
    session.inserted(record.type, record.seq, Date.parse(recordInstant(record)), origin.recovered);
  }

  #insertStart(session: SessionInTransaction, record: SessionStart): void {
    const { model, serial } = record.device;
    this.#statements.session.setStart.run(session.id, startColumns(record));
    session.instrumentId = this.#instrument(model, serial);
    session.hasStart = true;
    this.#insertMetadata(session, record);
  }

  insertMeasurement(
    session: SessionInTransaction,
    seq: number,
    columns: MeasurementColumns,
    origin: Origin,
  ): void {
    // By place, not by name: a quarter faster, and nearly all that comes passes here.
    this.#statements.measurement.add.run(
      session.id,
      seq,
      Number(origin.recovered),
      Number(origin.imported),
      columns.captured_ms,
      columns.elapsed_ms,
      columns.device_time,
      columns.value,
      columns.unit,
      columns.temperature,
      columns.temperature_unit,
      columns.record_number,
      columns.status,
      columns.range,
      columns.mode,
      columns.raw_frame,
    );
    session.inserted('measurement', seq, columns.captured_ms, origin.recovered);
    if (session.instrumentId !== null) return;
    // The session's start is not here (yet): the frame's own header says which meter it was.
    const frame = decodeFrame(columns.raw_frame);
    if (frame.ok) session.instrumentId = this.#instrument(frame.model, frame.serial);
  }

  #insertMetadata(session: SessionInTransaction, record: SessionStart | MetadataUpdate): void {
    for (const columns of metadataColumns(record)) {
      this.#statements.metadata.add.run(session.id, record.seq, columns);
    }
  }

  #instrument(model: string, serial: string): number | null {
    this.#statements.instrument.add.run(model, serial);
    return this.#statements.instrument.id.get(model, serial) ?? null;
  }

  /** Undefined when no record of this type has this number. */
  #sameAsHeld(session: SessionInTransaction, record: SessionRecord): boolean | undefined {
    const { measurement, event } = this.#statements;
    switch (record.type) {
      case 'session_start':
        return session.hasStart ? this.#sameStart(session, record) : undefined;
      case 'measurement': {
        const held = measurement.get.get(session.id, record.seq);
        return held && sameColumns(held, measurementColumns(record));
      }
      case 'audit_event': {
        const held = event.get.get(session.id, record.seq);
        return held && sameColumns(held, eventColumns(record));
      }
      case 'metadata_update':
        return this.#sameMetadataUpdate(session, record);
      case 'session_end':
        return session.endSeq === record.seq ? this.#sameEnd(session, record) : undefined;
    }
  }

  #sameStart(session: SessionInTransaction, record: SessionStart): boolean {
    // The row gets its instrument at the end of the transaction only.
    const held = this.#statements.session.start.get(session.instrumentId, session.id);
    const { model, serial } = record.device;
    return (
      held !== undefined &&
      sameColumns(held, { ...startColumns(record), model, serial }) &&
      sameMetadata(this.#statements.metadata.get.all(session.id, 0), metadataColumns(record))
    );
  }

  #sameMetadataUpdate(session: SessionInTransaction, record: MetadataUpdate): boolean | undefined {
    const held = this.#statements.metadata.get.all(session.id, record.seq);
    if (held.length === 0 || (record.seq === 0 && session.hasStart)) return undefined;
    return sameMetadata(held, metadataColumns(record));
  }

  #sameEnd(session: SessionInTransaction, record: SessionEnd): boolean {
    const held = this.#statements.session.end.get(session.id);
    return held !== undefined && sameColumns(held, endColumns(record));
  }

  #takenByOther(session: SessionInTransaction, { type, seq }: SessionRecord): boolean {
    const { measurement, event, metadata } = this.#statements;
    return (
      (seq === 0 && session.hasStart) ||
      seq === session.endSeq ||
      (type !== 'measurement' && measurement.get.get(session.id, seq) !== undefined) ||
      (type !== 'audit_event' && event.get.get(session.id, seq) !== undefined) ||
      (type !== 'metadata_update' && metadata.get.get(session.id, seq) !== undefined)
    );
  }
}
