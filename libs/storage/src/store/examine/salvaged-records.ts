/**
 * What a damaged database holds beside measurements, as the record lines and events that it was made
 * of: a row is taken when it is a whole record.
 */
import type { SessionRecord } from '@elmetron/protocol';
import type { EventColumns } from '../row-mapping.js';
import type { StoreEvent } from '../store.js';
import { asLine, instant } from './as-record.js';
import { isDamagedPlace, type DatabaseReader, type SessionExtent } from './database-reader.js';

export interface SalvagedRecord {
  readonly seq: number;
  /** A record line without newline. */
  readonly line: Buffer;
}

interface SessionRow {
  readonly source: string | null;
  readonly profile: string | null;
  readonly instrument_id: number | null;
  readonly port: string | null;
  readonly emulated: number | null;
  readonly started_ms: number | null;
  readonly end_seq: number | null;
  readonly end_reason: string | null;
  readonly ended_ms: number | null;
  readonly end_measurement_count: number | null;
}

interface Instrument {
  readonly model: string;
  readonly serial: string;
}

type EventRow = EventColumns & { readonly seq: number };
type KeyedRow = EventColumns & { readonly key: string; readonly session_uid: string | null };

/**
 * Whatever else the session has: its start, its end, its events, its metadata. What cannot be read is
 * named in `unreadable`.
 */
export function salvagedRecords(
  reader: DatabaseReader,
  session: SessionExtent,
  unreadable: string[],
): SalvagedRecord[] {
  const records: SalvagedRecord[] = [];
  const take = (what: string, read: () => (SessionRecord | undefined)[]): void => {
    try {
      for (const record of read()) {
        const line = record && asLine(record);
        if (record && line) records.push({ seq: record.seq, line });
      }
    } catch (error) {
      if (!isDamagedPlace(error)) throw error;
      unreadable.push(`${what} of session ${session.session}: ${error.message}`);
    }
  };
  take('the start', () => [startOf(reader, session)]);
  take('the metadata', () => metadataOf(reader, session));
  take('the events', () => eventsOf(reader, session));
  take('the end', () => [endOf(reader, session)]);
  return records;
}

/** The events of writers and recoveries: those that have a key instead of a number. */
export function* salvagedEvents(reader: DatabaseReader): Generator<StoreEvent> {
  const rows = reader.iterate<KeyedRow>(
    `SELECT key, session_uid, at_ms, level, category, message, payload
     FROM audit_events NOT INDEXED WHERE key IS NOT NULL ORDER BY id`,
  );
  for (const row of rows) {
    const fields = eventFields(row);
    if (fields === undefined) continue;
    const session = row.session_uid === null ? {} : { session: row.session_uid };
    yield { key: row.key, ...session, ...fields };
  }
}

function startOf(reader: DatabaseReader, session: SessionExtent): SessionRecord | undefined {
  const row = rowOf(reader, session);
  const started_at = instant(row?.started_ms);
  if (row === undefined || started_at === undefined) return undefined;
  const { model, serial } = instrumentOf(reader, session) ?? { model: '', serial: '' };
  const metadata = metadataRows(reader, session, 0);
  return {
    v: 1,
    type: 'session_start',
    session: session.session,
    seq: 0,
    started_at,
    source: row.source ?? '',
    profile: row.profile ?? '',
    device: { model, serial, port: row.port ?? '' },
    emulated: row.emulated === 1,
    metadata: Object.fromEntries(metadata.map(({ key, value }) => [key, value])),
  };
}

function endOf(reader: DatabaseReader, session: SessionExtent): SessionRecord | undefined {
  const row = rowOf(reader, session);
  const ended_at = instant(row?.ended_ms);
  // A session closed as crashed has no end of its own.
  if (typeof row?.end_seq !== 'number' || ended_at === undefined) return undefined;
  return {
    v: 1,
    type: 'session_end',
    session: session.session,
    seq: row.end_seq,
    ended_at,
    reason: row.end_reason as 'stopped',
    measurement_count: row.end_measurement_count ?? 0,
  };
}

function eventsOf(reader: DatabaseReader, session: SessionExtent): SessionRecord[] {
  const rows = reader.iterate<EventRow>(
    `SELECT seq, at_ms, level, category, message, payload FROM audit_events NOT INDEXED
     WHERE session_id = ? AND seq IS NOT NULL`,
    session.id,
  );
  return [...rows].flatMap((row) => {
    const fields = eventFields(row);
    if (fields === undefined) return [];
    const { session: uid } = session;
    return [{ v: 1, type: 'audit_event', session: uid, seq: row.seq, ...fields } as SessionRecord];
  });
}

interface MetadataRow {
  readonly seq: number;
  readonly key: string;
  readonly value: string | number;
  readonly at_ms: number;
}

function metadataOf(reader: DatabaseReader, session: SessionExtent): SessionRecord[] {
  const updates = new Map<number, MetadataRow[]>();
  for (const row of metadataRows(reader, session)) {
    if (row.seq === 0) continue;
    const rows = updates.get(row.seq) ?? [];
    rows.push(row);
    updates.set(row.seq, rows);
  }
  return [...updates].flatMap(([seq, rows]) => {
    const at = instant(rows[0]?.at_ms);
    if (at === undefined) return [];
    const metadata = Object.fromEntries(rows.map(({ key, value }) => [key, value]));
    return [{ v: 1, type: 'metadata_update', session: session.session, seq, at, metadata }];
  });
}

function metadataRows(reader: DatabaseReader, { id }: SessionExtent, seq?: number): MetadataRow[] {
  const rows = reader.iterate<MetadataRow>(
    'SELECT seq, key, value, at_ms FROM session_metadata WHERE session_id = ?',
    id,
  );
  return [...rows].filter((row) => seq === undefined || row.seq === seq);
}

function rowOf(reader: DatabaseReader, { id }: SessionExtent): SessionRow | undefined {
  const [row] = reader.iterate<SessionRow>(
    `SELECT source, profile, instrument_id, port, emulated, started_ms, end_seq, end_reason,
       ended_ms, end_measurement_count FROM sessions WHERE id = ?`,
    id,
  );
  return row;
}

export function instrumentOf(
  reader: DatabaseReader,
  session: SessionExtent,
): Instrument | undefined {
  const [instrument] = reader.iterate<Instrument>(
    'SELECT model, serial FROM instruments WHERE id = ?',
    rowOf(reader, session)?.instrument_id ?? null,
  );
  return instrument;
}

type EventFields = Pick<StoreEvent, 'at' | 'level' | 'category' | 'message' | 'payload'>;

function eventFields(row: EventColumns): EventFields | undefined {
  const { at_ms, level, category, message, payload: text } = row;
  const at = instant(at_ms);
  if (at === undefined) return undefined;
  try {
    const payload = JSON.parse(text) as StoreEvent['payload'];
    return { at, level: level as StoreEvent['level'], category, message, payload };
  } catch {
    return undefined;
  }
}

/** The numbers of a session that are no measurements: its start, events, metadata, its end. */
export function otherNumbers(reader: DatabaseReader, session: SessionExtent): Set<number> {
  const row = rowOf(reader, session);
  const numbers = new Set<number>();
  if (typeof row?.started_ms === 'number') numbers.add(0);
  if (typeof row?.end_seq === 'number') numbers.add(row.end_seq);
  for (const table of ['audit_events', 'session_metadata']) {
    const sql = `SELECT seq FROM ${table} WHERE session_id = ? AND seq IS NOT NULL`;
    for (const { seq } of reader.iterate<{ seq: number }>(sql, session.id)) numbers.add(seq);
  }
  return numbers;
}
