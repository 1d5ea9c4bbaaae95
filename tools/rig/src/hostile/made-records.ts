/** Sessions that no meter ever measured, as a source would send them: every line checks. */
import { encodeFrame, encodeRecord } from '@elmetron/protocol';

const SERIAL = 'EMU00666';
const STARTED = Date.parse('2026-01-02T03:04:05.000Z');
const at = (seq: number): string => new Date(STARTED + seq * 1000).toISOString();

/** A session's name; `n` tells them apart. */
export function madeSession(n: number): string {
  return `01990000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** Record 0, without newline. */
export function madeStart(session: string, source: string): Buffer {
  return encodeRecord({
    v: 1,
    type: 'session_start',
    session,
    seq: 0,
    started_at: at(0),
    source,
    profile: 'cx505',
    device: { model: 'CX-505', serial: SERIAL, port: '/dev/ttyUSB0' },
    emulated: true,
    metadata: {},
  });
}

/** A measurement, without newline. */
export function madeMeasurement(session: string, seq: number): Buffer {
  const value = (seq % 1000) / 100;
  const frame = encodeFrame({
    serial: SERIAL,
    value: value.toFixed(2),
    unit: 'pH',
    temperature: '25.0',
    deviceTime: '2026-01-02T03:04:05',
  });
  return encodeRecord({
    v: 1,
    type: 'measurement',
    session,
    seq,
    captured_at: at(seq),
    elapsed_ms: seq * 1000,
    raw_frame_hex: frame.toString('hex'),
    decoded: {
      value,
      unit: 'pH',
      temperature: 25,
      temperature_unit: '°C',
      device_time: '2026-01-02T03:04:05',
      record_number: 0,
      status: '0',
      range: '00000',
      mode: '00000',
    },
  });
}

/** Records `first` to `last`, without newlines. */
export function madeMeasurements(session: string, first: number, last: number): Buffer[] {
  return Array.from({ length: last - first + 1 }, (_, i) => madeMeasurement(session, first + i));
}
