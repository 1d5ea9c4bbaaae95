/**
 * The measurements of a damaged database as the record lines that they were made of. No checksum
 * protects a row, so each is held against its own raw frame: it is taken only when the frame, decoded
 * anew, says exactly what the columns say and comes from the session's meter. What does not pass is
 * left where it is, and listed.
 */
import { decodeFrame } from '@elmetron/protocol/offline';
import { deviceTimeColumn } from '../device-time.js';
import { sameColumns, type Column, type MeasurementColumns } from '../row-mapping.js';
import { asLine, instant } from './as-record.js';
import { isDamagedPlace, type DatabaseReader, type SessionExtent } from './database-reader.js';
import { instrumentOf } from './salvaged-records.js';

export interface SalvagedMeasurement {
  readonly seq: number;
  /** A record line without newline; undefined: the row is not to be trusted. */
  readonly line: Buffer | undefined;
  /** It came from the predecessor, which did not number its readings. */
  readonly imported: boolean;
}

interface MeasurementRow extends MeasurementColumns {
  readonly seq: number;
  readonly imported: number;
}

/** A session's measurements from `from` to `to`, ascending. Throws `store_damaged` at a place that cannot be read. */
export function* salvagedMeasurements(
  reader: DatabaseReader,
  session: SessionExtent,
  from: number,
  to: number,
): Generator<SalvagedMeasurement> {
  const rows = reader.iterate<MeasurementRow>(
    `SELECT seq, imported, captured_ms, elapsed_ms, device_time, value, unit, temperature,
       temperature_unit, record_number, status, range, mode, raw_frame
     FROM measurements WHERE session_id = ? AND seq BETWEEN ? AND ? ORDER BY seq`,
    session.id,
    from,
    to,
  );
  const serial = readable(() => instrumentOf(reader, session))?.serial;
  for (const row of rows) {
    const imported = row.imported === 1;
    const line = measurementLine(session.session, row, imported ? undefined : serial);
    yield { seq: row.seq, line, imported };
    // To look for one more would lead out of the range, perhaps into the damaged place behind it.
    if (row.seq >= to) return;
  }
}

function measurementLine(
  session: string,
  row: MeasurementRow,
  serial: string | undefined,
): Buffer | undefined {
  if (!(row.raw_frame instanceof Uint8Array)) return undefined;
  const frame = decodeFrame(row.raw_frame);
  if (!frame.ok || (serial !== undefined && frame.serial !== serial)) return undefined;
  const { device_time, ...decoded } = frame.decoded;
  const said: Record<string, Column> = { ...decoded, device_time: deviceTimeColumn(device_time) };
  if (!sameColumns(row as unknown as Record<string, Column>, said)) return undefined;
  const at = instant(row.captured_ms);
  if (at === undefined) return undefined;
  return asLine({
    v: 1,
    type: 'measurement',
    session,
    seq: row.seq,
    captured_at: at,
    elapsed_ms: row.elapsed_ms,
    raw_frame_hex: Buffer.from(row.raw_frame).toString('hex'),
    decoded: frame.decoded,
  });
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isDamagedPlace(error)) return undefined;
    throw error;
  }
}
