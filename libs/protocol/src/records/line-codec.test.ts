import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../errors.js';
import { decodeLine, encodeRecord, type LineFault } from './line-codec.js';
import { newSessionId } from './session-id.js';
import { MAX_LINE_BYTES, recordSchema, type AuditEvent, type SessionRecord } from './types.js';

const session = newSessionId();
const at = '2025-09-26T11:24:00.123Z';

const start: SessionRecord = {
  v: 1,
  type: 'session_start',
  session,
  seq: 0,
  started_at: at,
  source: 'bench-1',
  profile: 'cx505',
  device: { model: 'CX-505', serial: 'EMU00001', port: 'data/demo/meter' },
  emulated: true,
  metadata: { operator: 'Zażółć', run: 7 },
};
const measurement: SessionRecord = {
  v: 1,
  type: 'measurement',
  session,
  seq: 1,
  captured_at: at,
  elapsed_ms: 812,
  raw_frame_hex: '0123031e03',
  decoded: {
    value: -1.138,
    unit: 'µS/cm',
    temperature: null,
    temperature_unit: '°C',
    device_time: '2025-09-26T13:24:00',
    record_number: null,
    status: '0',
    range: '00000',
    mode: '00000',
  },
};
const event: AuditEvent = {
  v: 1,
  type: 'audit_event',
  session,
  seq: 2,
  at,
  level: 'warning',
  category: 'gap',
  message: 'no "answer"\n for 2 s',
  payload: { from: at, nested: { list: [1, null, false] } },
};
const all: SessionRecord[] = [
  start,
  measurement,
  event,
  { v: 1, type: 'metadata_update', session, seq: 3, at, metadata: { sample: 'A/12' } },
  {
    v: 1,
    type: 'session_end',
    session,
    seq: 4,
    ended_at: at,
    reason: 'stopped',
    measurement_count: 1,
  },
];

/** A line with a right checksum over whatever body. */
const sealed = (body: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(body);
  const crc = crc32(bytes).toString(16).padStart(8, '0');
  return Buffer.concat([bytes, Buffer.from(`,"crc":"${crc}"}`)]);
};
const faultOf = (line: Uint8Array): LineFault | 'none' => {
  const result = decodeLine(line);
  return result.ok ? 'none' : result.code;
};
const codeOf = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
  }
  return undefined;
};

/** Records of all types with wild texts, numbers and payloads. */
const wild = fc.oneof(
  fc
    .record({
      port: fc.string({ unit: 'binary' }),
      metadata: fc.dictionary(
        fc.string({ minLength: 1 }),
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
        ),
      ),
    })
    .map(({ port, metadata }): SessionRecord => ({
      ...start,
      type: 'session_start',
      device: { model: '', serial: '', port },
      metadata,
    })),
  fc
    .record({
      message: fc.string({ unit: 'binary' }),
      payload: fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false })),
    })
    .map(({ message, payload }): SessionRecord => ({
      ...event,
      message,
      payload: JSON.parse(JSON.stringify(payload)) as AuditEvent['payload'],
    })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value): SessionRecord => ({
    ...measurement,
    type: 'measurement',
    decoded: { ...measurement.decoded, value },
  })),
);

describe('line codec', () => {
  it.each(all)('reads back a $type, in the fixed order of keys', (record) => {
    const line = encodeRecord(record);
    expect(decodeLine(line)).toEqual({ ok: true, record });
    const keys = Object.keys(JSON.parse(line.toString()) as object);
    expect(keys.slice(0, 4)).toEqual(['v', 'type', 'session', 'seq']);
    expect(keys.at(-1)).toBe('crc');
    expect(line.includes(10)).toBe(false);
  });

  it('makes the same bytes whatever the order of the keys', () => {
    const turned = recordSchema.parse(Object.fromEntries(Object.entries(start).reverse()));
    expect(encodeRecord(turned)).toEqual(encodeRecord(start));
  });

  it('reads back any record, and the same bytes come again', () => {
    fc.assert(
      fc.property(wild, (record) => {
        const line = encodeRecord(record);
        const result = decodeLine(line);
        if (!result.ok) throw new Error(result.reason);
        expect(result.record).toEqual(JSON.parse(JSON.stringify(record)));
        expect(encodeRecord(result.record)).toEqual(line);
      }),
    );
  });

  it('notices any single changed byte', () => {
    for (const record of all) {
      const line = encodeRecord(record);
      for (const position of line.keys()) {
        const was = line[position];
        for (let byte = 0; byte < 256; byte += position < line.length - 18 ? 17 : 1) {
          if (byte === was) continue;
          line[position] = byte;
          if (decodeLine(line).ok) throw new Error(`byte ${position} = ${byte} went unnoticed`);
        }
        line[position] = was ?? 0;
      }
      expect(decodeLine(line).ok).toBe(true);
    }
  });

  it('notices a cut at any byte, and anything behind the end', () => {
    const line = encodeRecord(measurement);
    for (let length = 0; length < line.length; length += 1) {
      expect(faultOf(line.subarray(0, length))).toBe('bad_crc');
    }
    for (const tail of ['\n', '\r', ' ', '}', line.toString()]) {
      expect(faultOf(Buffer.concat([line, Buffer.from(tail)]))).toBe('bad_crc');
    }
  });

  it('reads a line that is a view into a larger buffer', () => {
    const line = encodeRecord(measurement);
    const around = Buffer.concat([Buffer.from('xx'), line, Buffer.from('yy')]);
    expect(decodeLine(new Uint8Array(around.buffer, around.byteOffset + 2, line.length)).ok).toBe(
      true,
    );
  });

  it.each<[string, Buffer, LineFault]>([
    ['longer than a line may be', Buffer.alloc(MAX_LINE_BYTES + 1, 0x20), 'too_long'],
    ['without a checksum', Buffer.from('{"type":"measurement","session_id":14}'), 'bad_crc'],
    ['no JSON', sealed('{"v":1,'), 'not_json'],
    ['no object', sealed('[1'), 'not_json'],
    [
      'broken UTF-8',
      sealed(Buffer.concat([Buffer.from('{"v":1,"a":"'), Buffer.from([0xff, 0x22])])),
      'not_json',
    ],
    ['a byte order mark', sealed('\ufeff{"v":1'), 'not_json'],
    ['a later version', sealed('{"v":2,"type":"measurement"'), 'unknown_version'],
    ['no version', sealed('{"type":"measurement"'), 'unknown_version'],
    ['another type', sealed('{"v":1,"type":"calibration"'), 'unknown_type'],
    ['no type', sealed('{"v":1,"session":"x"'), 'unknown_type'],
    ['a missing field', sealed('{"v":1,"type":"measurement","session":"a","seq":1'), 'bad_shape'],
    [
      'an unknown field',
      sealed(
        encodeRecord(event)
          .toString()
          .replace(/,"crc".*$/, ',"x":1'),
      ),
      'bad_shape',
    ],
  ])('says what is wrong with a line: %s', (_, line, code) => {
    expect(faultOf(line)).toBe(code);
  });

  it('makes no line that a reader would have to refuse', () => {
    const decoded = { ...measurement.decoded, value: Number.NaN };
    expect(codeOf(() => encodeRecord({ ...measurement, decoded }))).toBe('invalid_record');
    expect(codeOf(() => encodeRecord({ ...event, seq: -1 }))).toBe('invalid_record');
    const long = { ...event, message: 'x'.repeat(MAX_LINE_BYTES) };
    expect(codeOf(() => encodeRecord(long))).toBe('record_too_long');
  });

  it('takes a line of exactly the greatest length', () => {
    const room = MAX_LINE_BYTES - encodeRecord({ ...event, message: '' }).length;
    const line = encodeRecord({ ...event, message: 'x'.repeat(room) });
    expect(line.length).toBe(MAX_LINE_BYTES);
    expect(decodeLine(line).ok).toBe(true);
  });
});

describe('session id', () => {
  it('is a UUIDv7, new each time, sorting by time', () => {
    const ids = Array.from({ length: 100 }, newSessionId);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(100);
    expect([...ids].sort()).toEqual(ids);
  });
});
