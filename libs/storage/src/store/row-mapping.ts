/**
 * What a record is in columns, and whether columns that the store holds say the same. The lines
 * themselves are not kept, so this is what tells a replay from an alarm: column by column, by value.
 */
import type {
  AuditEvent,
  Measurement,
  Metadata,
  MetadataUpdate,
  SessionEnd,
  SessionRecord,
  SessionStart,
} from '@elmetron/protocol';
import type { Annotation } from '../annotations/annotation.js';
import { deviceTimeColumn } from './device-time.js';
import type { StoreEvent } from './store.js';

export type Column = number | string | Uint8Array | null;

export interface MeasurementColumns {
  readonly captured_ms: number;
  readonly elapsed_ms: number;
  readonly device_time: number | string | null;
  readonly value: number | null;
  readonly unit: string;
  readonly temperature: number | null;
  readonly temperature_unit: string;
  readonly record_number: number | null;
  readonly status: string;
  readonly range: string;
  readonly mode: string;
  readonly raw_frame: Uint8Array;
}

export function measurementColumns({
  captured_at,
  elapsed_ms,
  raw_frame_hex,
  decoded,
}: Measurement): MeasurementColumns {
  return {
    captured_ms: Date.parse(captured_at),
    elapsed_ms,
    device_time: deviceTimeColumn(decoded.device_time),
    value: decoded.value,
    unit: decoded.unit,
    temperature: decoded.temperature,
    temperature_unit: decoded.temperature_unit,
    record_number: decoded.record_number,
    status: decoded.status,
    range: decoded.range,
    mode: decoded.mode,
    raw_frame: Buffer.from(raw_frame_hex, 'hex'),
  };
}

export interface EventColumns {
  readonly at_ms: number;
  readonly level: string;
  readonly category: string;
  readonly message: string;
  readonly payload: string;
}

/** Also of an event of the writer or of recovery, which has no number. */
export function eventColumns(event: AuditEvent | StoreEvent): EventColumns {
  const { at, level, category, message, payload } = event;
  return { at_ms: Date.parse(at), level, category, message, payload: JSON.stringify(payload) };
}

export interface AnnotationColumns {
  readonly session: string;
  readonly uid: string;
  readonly at_ms: number;
  readonly made_ms: number;
  readonly author: string | null;
  readonly key: string | null;
  readonly value: string | number | null;
  readonly text: string;
}

export function annotationColumns(annotation: Annotation): AnnotationColumns {
  const { session, uid, at, made_at, author, key, value, text } = annotation;
  return {
    session,
    uid,
    at_ms: Date.parse(at),
    made_ms: Date.parse(made_at),
    author,
    key,
    value,
    text,
  };
}

export interface StartColumns {
  readonly source: string;
  readonly profile: string;
  readonly port: string;
  readonly emulated: number;
  readonly started_ms: number;
}

export function startColumns(start: SessionStart): StartColumns {
  const { source, profile, device, emulated, started_at } = start;
  return {
    source,
    profile,
    port: device.port,
    emulated: Number(emulated),
    started_ms: Date.parse(started_at),
  };
}

export interface EndColumns {
  readonly end_seq: number;
  readonly end_reason: string;
  readonly ended_ms: number;
  readonly end_measurement_count: number;
}

export function endColumns(end: SessionEnd): EndColumns {
  return {
    end_seq: end.seq,
    end_reason: end.reason,
    ended_ms: Date.parse(end.ended_at),
    end_measurement_count: end.measurement_count,
  };
}

export interface MetadataColumns {
  readonly key: string;
  readonly value: string | number;
  readonly at_ms: number;
}

export function metadataColumns(record: SessionStart | MetadataUpdate): MetadataColumns[] {
  const at_ms = Date.parse(recordInstant(record));
  const metadata: Metadata = record.metadata;
  return Object.entries(metadata).map(([key, value]) => ({ key, value, at_ms }));
}

/** When the record was made; all are written in one form, UTC to the millisecond, that sorts as text. */
export function recordInstant(record: SessionRecord): string {
  switch (record.type) {
    case 'session_start':
      return record.started_at;
    case 'measurement':
      return record.captured_at;
    case 'session_end':
      return record.ended_at;
    case 'audit_event':
    case 'metadata_update':
      return record.at;
  }
}

export function sameColumns<T extends Record<keyof T, Column>>(stored: T, given: T): boolean {
  for (const name in given) {
    if (!sameColumn(stored[name], given[name])) return false;
  }
  return true;
}

function sameColumn(stored: Column, given: Column): boolean {
  if (stored === given) return true;
  if (given instanceof Uint8Array) {
    return stored instanceof Uint8Array && Buffer.compare(stored, given) === 0;
  }
  return typeof given === 'string' && stored === asStored(given);
}

/** Half a surrogate pair, possible in JSON, is no text in UTF-8: the store has a replacement character in its place. */
function asStored(text: string): string {
  return Buffer.from(text).toString();
}

/** The order in which metadata stands in the record says nothing. */
export function sameMetadata(
  stored: readonly MetadataColumns[],
  given: readonly MetadataColumns[],
): boolean {
  const byKey = new Map(stored.map((row) => [row.key, row]));
  return (
    stored.length === given.length &&
    given.every((row) => {
      const held = byKey.get(asStored(row.key));
      return held !== undefined && sameColumn(held.value, row.value) && held.at_ms === row.at_ms;
    })
  );
}
