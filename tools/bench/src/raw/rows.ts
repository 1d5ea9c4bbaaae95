/** The rows of the product's measurement table, for what fills it without the product. */
import { decodeLine, silentLog, systemClock } from '@elmetron/protocol';
import { generatedMeasurements, generatedStart, type GeneratedSession } from '@elmetron/rig';
import { openSqliteStore } from '@elmetron/storage';

export const COLUMNS = [
  'session_id',
  'seq',
  'captured_ms',
  'elapsed_ms',
  'device_time',
  'value',
  'unit',
  'temperature',
  'temperature_unit',
  'record_number',
  'status',
  'range',
  'mode',
  'raw_frame',
  'recovered',
  'imported',
] as const;

export type Row = (number | string | Buffer | null)[];

export const INSERT = `INSERT INTO measurements (${COLUMNS.join(', ')})
  VALUES (${COLUMNS.map(() => '?').join(', ')})`;

/** Makes the row of a number; a session has the id `sessionId`. */
export function rowsOf(of: GeneratedSession, sessionId: number): (seq: number) => Row {
  const line = generatedMeasurements(of);
  return (seq) => {
    const result = decodeLine(Buffer.from(line(seq)));
    if (!result.ok || result.record.type !== 'measurement')
      throw new Error(`no measurement ${seq}`);
    const { captured_at, elapsed_ms, raw_frame_hex, decoded } = result.record;
    return [
      sessionId,
      seq,
      Date.parse(captured_at),
      elapsed_ms,
      decoded.device_time === null ? null : Date.parse(`${decoded.device_time}Z`) / 1000,
      decoded.value,
      decoded.unit,
      decoded.temperature,
      decoded.temperature_unit,
      decoded.record_number,
      decoded.status,
      decoded.range,
      decoded.mode,
      Buffer.from(raw_frame_hex, 'hex'),
      0,
      0,
    ];
  };
}

/** Makes the product's own tables at `path`, with one session of id 1, by the product's own store. */
export async function makeTables(path: string, of: GeneratedSession): Promise<void> {
  const store = openSqliteStore({ path, busyTimeoutMs: 1000, clock: systemClock, log: silentLog });
  try {
    await store.commit({
      lines: Buffer.concat([generatedStart(of), Buffer.from('\n')]),
      recovered: false,
    });
  } finally {
    await store.close();
  }
}
