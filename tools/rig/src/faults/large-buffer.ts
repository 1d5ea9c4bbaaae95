/**
 * Writes a session buffer of any size, quickly: one measurement is encoded, and repeated with its own
 * number, time and checksum. Every line is as valid as one that a writer has written.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { encodeRecord } from '@elmetron/protocol';

const STARTED_AT = Date.UTC(2026, 0, 1);
const BLOCK_BYTES = 4 * 1024 * 1024;

export interface LargeBuffer {
  readonly measurements: number;
  readonly bytes: number;
}

/** At least `bytes` long; of a real meter, one reading a second, without a `session_end`. */
export function writeLargeBuffer(path: string, session: string, bytes: number): LargeBuffer {
  const start = encodeRecord({
    v: 1,
    type: 'session_start',
    session,
    seq: 0,
    started_at: new Date(STARTED_AT).toISOString(),
    source: 'bench-1',
    profile: 'cx505',
    device: { model: 'CX-505', serial: '00042/26', port: '/dev/ttyUSB0' },
    emulated: false,
    metadata: {},
  });
  const line = repeated(session);
  const file = openSync(path, 'wx');
  try {
    let written = writeSync(file, `${start.toString()}\n`);
    let measurements = 0;
    while (written < bytes) {
      const wanted = Math.min(BLOCK_BYTES, bytes - written);
      let block = '';
      while (block.length < wanted) block += line(++measurements);
      written += writeSync(file, block);
    }
    return { measurements, bytes: written };
  } finally {
    closeSync(file);
  }
}

/** A measurement cut at what differs from one to the next. */
function repeated(session: string): (seq: number) => string {
  const text = measurement(session, 0);
  const [head = '', afterNumber = '', ...others] = text
    .slice(0, text.lastIndexOf(',"crc"'))
    .split(/(?<="seq":)0|(?<="captured_at":")[^"]*|(?<="elapsed_ms":)0/);
  const [afterTime = '', tail = ''] = others;
  return (seq) => {
    const ms = seq * 1000;
    const at = new Date(STARTED_AT + ms).toISOString();
    const body = `${head}${String(seq)}${afterNumber}${at}${afterTime}${String(ms)}${tail}`;
    const crc = crc32(body).toString(16).padStart(8, '0');
    return `${body},"crc":"${crc}"}\n`;
  };
}

/** ASCII throughout, so that characters and bytes are the same number. */
function measurement(session: string, seq: number): string {
  return encodeRecord({
    v: 1,
    type: 'measurement',
    session,
    seq,
    captured_at: new Date(STARTED_AT).toISOString(),
    elapsed_ms: 0,
    raw_frame_hex: `01${'20'.repeat(98)}03`,
    decoded: {
      value: 381.8,
      unit: 'mV rel',
      temperature: 21.4,
      temperature_unit: 'C',
      device_time: '2026-01-01T00:00:00',
      record_number: 1,
      status: '0',
      range: '00000',
      mode: '00000',
    },
  }).toString();
}
