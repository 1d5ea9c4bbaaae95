/**
 * The lines of a session of any length, quickly: a thousand readings are encoded, and repeated with their own
 * number, times and checksum. Each line is as valid as one that an acquisition has made, and its decoded values
 * are what its frame says.
 */
import { crc32 } from 'node:zlib';
import { decodeFrame, encodeFrame, encodeRecord } from '@elmetron/protocol';

/** Readings that differ, before they come again. */
const VARIANTS = 1_000;
const SERIAL = '00042/26';
const MODEL = 'CX-505';

export interface GeneratedSession {
  readonly session: string;
  readonly source: string;
  /** UTC, milliseconds since 1970. */
  readonly startedAt: number;
  /** Between one reading and the next. */
  readonly intervalMs: number;
}

/** Record 0, without newline: of a real meter, so that its readings go to the database of real ones. */
export function generatedStart({ session, source, startedAt }: GeneratedSession): Buffer {
  return encodeRecord({
    v: 1,
    type: 'session_start',
    session,
    seq: 0,
    started_at: new Date(startedAt).toISOString(),
    source,
    profile: 'cx505',
    device: { model: MODEL, serial: SERIAL, port: '/dev/ttyUSB0' },
    emulated: false,
    metadata: {},
  });
}

/** Makes the measurement of a number from 1 on, without newline. */
export function generatedMeasurements(of: GeneratedSession): (seq: number) => string {
  const variants = Array.from({ length: VARIANTS }, (_, variant) => cut(of, variant));
  return (seq) => {
    const { head, afterNumber, afterTime, tail } = variants[seq % VARIANTS] ?? cut(of, 0);
    const elapsed = Math.round(seq * of.intervalMs);
    const at = new Date(of.startedAt + elapsed).toISOString();
    const body = `${head}${seq}${afterNumber}${at}${afterTime}${elapsed}${tail}`;
    return `${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}`;
  };
}

interface Cut {
  readonly head: string;
  readonly afterNumber: string;
  readonly afterTime: string;
  readonly tail: string;
}

/** A measurement cut at what differs from one repetition to the next. */
function cut({ session, startedAt }: GeneratedSession, variant: number): Cut {
  const frame = encodeFrame({
    serial: SERIAL,
    value: (7 + Math.sin(variant / 40) * 3).toFixed(3),
    unit: 'pH',
    temperature: (25 + Math.cos(variant / 90)).toFixed(1),
    deviceTime: new Date(startedAt + variant * 1000).toISOString().slice(0, 19),
    recordNumber: variant,
  });
  const reading = decodeFrame(frame);
  if (!reading.ok) throw new Error(`a generated frame does not decode: ${reading.reason}`);
  const text = encodeRecord({
    v: 1,
    type: 'measurement',
    session,
    seq: 0,
    captured_at: new Date(startedAt).toISOString(),
    elapsed_ms: 0,
    raw_frame_hex: frame.toString('hex'),
    decoded: reading.decoded,
  }).toString();
  const [head = '', afterNumber = '', ...others] = text
    .slice(0, text.lastIndexOf(',"crc"'))
    .split(/(?<="seq":)0|(?<="captured_at":")[^"]*|(?<="elapsed_ms":)0/);
  const [afterTime = '', tail = ''] = others;
  return { head, afterNumber, afterTime, tail };
}
