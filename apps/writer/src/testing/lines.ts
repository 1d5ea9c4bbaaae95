/** Records of a made-up session, as the stream brings them. */
import { encodeRecord, LineScanner, type LineTable, type ReceivedBatch } from '@elmetron/protocol';

export const SESSION = '019a0000-0000-7000-8000-000000000001';

const FRAME = '0123';

export function startLine(session = SESSION, emulated = false): Buffer {
  return encodeRecord({
    v: 1,
    type: 'session_start',
    session,
    seq: 0,
    started_at: '2026-11-22T08:00:00.000Z',
    source: 'bench-1',
    profile: 'cx505',
    device: { model: 'CX-505', serial: '00042/26', port: '/dev/ttyUSB0' },
    emulated,
    metadata: {},
  });
}

export function measurementLine(seq: number, session = SESSION): Buffer {
  return encodeRecord({
    v: 1,
    type: 'measurement',
    session,
    seq,
    captured_at: new Date(Date.UTC(2026, 10, 22, 8) + seq * 1_000).toISOString(),
    elapsed_ms: seq * 1_000,
    raw_frame_hex: FRAME,
    decoded: {
      value: 7 + seq / 1_000,
      unit: 'pH',
      temperature: 25,
      temperature_unit: '°C',
      device_time: null,
      record_number: 0,
      status: '0',
      range: '00000',
      mode: '00000',
    },
  });
}

export function endLine(seq: number, session = SESSION): Buffer {
  return encodeRecord({
    v: 1,
    type: 'session_end',
    session,
    seq,
    ended_at: '2026-11-22T09:00:00.000Z',
    reason: 'stopped',
    measurement_count: seq - 1,
  });
}

/** Lines `first` … `last` of the session as one batch of the stream. */
export function batch(first: number, last: number, session = SESSION): ReceivedBatch {
  const lines = Array.from({ length: last - first + 1 }, (_, i) =>
    first + i === 0 ? startLine(session) : measurementLine(first + i, session),
  );
  return batchOf(first, lines, session);
}

export function batchOf(first: number, given: readonly Buffer[], session = SESSION): ReceivedBatch {
  return {
    source: 'bench-1',
    session,
    startLine: startLine(session),
    first,
    count: given.length,
    bytes: Buffer.concat(given.flatMap((line) => [line, Buffer.from('\n')])),
  };
}

/** Lines with what they say. */
export function read(lines: Buffer): { readonly lines: Buffer; readonly table: LineTable } {
  return { lines, table: new LineScanner().scan(lines) };
}
