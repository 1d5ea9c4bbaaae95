/**
 * The short way of reading a measurement against the long one, which is the measure: a JSON parser and
 * the schema. What the short way takes, the long way takes and reads the same.
 */
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLine, encodeRecord } from './line-codec.js';
import { NUMBER, singleRow } from './line-table.js';
import { measurementOf } from './measurement-record.js';
import { MeasurementScanner } from './measurement-scanner.js';
import { newSessionId } from './session-id.js';
import { recordSchema, type Measurement } from './types.js';

const SESSION = newSessionId();

function longWay(line: Buffer): Measurement | undefined {
  let fields: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(line);
    fields = JSON.parse(text.replace(/,"crc":"[^"]*"\}$/, '}'));
  } catch {
    return undefined;
  }
  const checked = recordSchema.safeParse(fields);
  return checked.success && checked.data.type === 'measurement' ? checked.data : undefined;
}

/** The line with what stands in it replaced, and the checksum that goes with it. */
function withBody(body: string): Buffer {
  const bytes = Buffer.from(body, 'latin1');
  return Buffer.concat([
    bytes.subarray(0, -1),
    Buffer.from(`,"crc":"${crc32(bytes.subarray(0, -1)).toString(16).padStart(8, '0')}"}`),
  ]);
}

const bodyOf = (line: Buffer): string => `${line.toString('latin1').slice(0, -18)}}`;

function measured(change: Partial<Measurement> = {}, decoded = {}): Measurement {
  return {
    v: 1,
    type: 'measurement',
    session: SESSION,
    seq: 7,
    captured_at: '2025-09-26T11:24:00.123Z',
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
      ...decoded,
    },
    ...change,
  };
}

const number = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }));
const text = fc.oneof(
  fc.constantFrom('pH', 'mV', 'µS/cm', '°C', 'mg/l', ''),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const instants = fc.date({
  min: new Date('0000-01-01'),
  max: new Date('9999-12-31'),
  noInvalidDate: true,
});
const anyMeasurement = fc
  .record({
    seq: fc.integer({ min: 0, max: 0xffff_ffff }),
    at: fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }),
    elapsed_ms: fc.maxSafeNat(),
    frame: fc.uint8Array({ minLength: 1, maxLength: 110 }),
    decoded: fc.record({
      value: number,
      unit: text,
      temperature: number,
      temperature_unit: text,
      device_time: fc.option(text),
      record_number: fc.option(fc.maxSafeInteger()),
      status: text,
      range: text,
      mode: text,
    }),
  })
  .map(({ seq, at, elapsed_ms, frame, decoded }) =>
    measured(
      {
        seq,
        captured_at: at.toISOString(),
        elapsed_ms,
        raw_frame_hex: Buffer.from(frame).toString('hex'),
      },
      decoded,
    ),
  );

const scanner = new MeasurementScanner();

/** What the short way makes of a line; undefined when it leaves it to the long one. */
function shortWay(line: Buffer): Measurement | undefined {
  // Among other lines, as it stands in a batch.
  const [before, after] = [Buffer.from('{"v":1}\n'), Buffer.from('\n{"v":1,"type":')];
  const row = singleRow();
  const end = scanner.scan(Buffer.concat([before, line, after]), before.length, row);
  if (end !== before.length + line.length) return undefined;
  return measurementOf(line.toString('latin1'), row);
}

describe('MeasurementScanner', () => {
  it('says when a line was made, and the time of the meter, in figures', () => {
    fc.assert(
      fc.property(instants, instants, (at, device) => {
        const deviceTime = device.toISOString().slice(0, 19);
        const line = encodeRecord(
          measured({ captured_at: at.toISOString() }, { device_time: deviceTime }),
        );
        const row = singleRow();
        expect(scanner.scan(line, 0, row)).toBe(line.length);
        expect(row.numbers[NUMBER.capturedMs]).toBe(at.getTime());
        expect(row.numbers[NUMBER.deviceSeconds]).toBe(Date.parse(`${deviceTime}Z`) / 1000);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['-0', '1.7976931348623157e99', '0.1', '4.35', '123456789012345.6', '1e-22', '9e+23'])(
    'reads %s to the last bit as JSON does',
    (text) => {
      const line = withBody(bodyOf(encodeRecord(measured())).replace('-1.138', text));
      expect(shortWay(line)?.decoded.value).toBe(JSON.parse(text));
    },
  );

  it('takes what a meter sends', () => {
    const line = encodeRecord(measured());
    expect(shortWay(line)).toEqual(measured());
  });

  it('reads every measurement that can be written as the long way does, or leaves it to that', () => {
    fc.assert(
      fc.property(anyMeasurement, (record) => {
        const line = encodeRecord(record);
        const taken = shortWay(line);
        const read = longWay(line);
        if (taken !== undefined) expect(taken).toEqual(read);
        expect(decodeLine(line)).toEqual({ ok: true, record: read });
      }),
      { numRuns: 1000 },
    );
  });

  it('lets nothing be written that the schema would refuse, or otherwise than it', () => {
    const odd = fc.constantFrom(
      NaN,
      Infinity,
      -Infinity,
      -0,
      0.5,
      -1,
      2 ** 53,
      '7',
      '',
      null,
      {},
      1e21,
    );
    const places = ['seq', 'elapsed_ms', 'captured_at', 'raw_frame_hex', 'session', 'decoded'];
    const decodedPlaces = ['value', 'temperature', 'record_number', 'unit', 'device_time', 'more'];
    const change = fc.option(fc.tuple(fc.constantFrom(...places, ...decodedPlaces), odd));
    fc.assert(
      fc.property(anyMeasurement, change, fc.boolean(), (record, changed, turned) => {
        const fields = changed === null ? {} : { [changed[0]]: changed[1] };
        const inside = changed !== null && decodedPlaces.includes(changed[0]);
        const made = inside
          ? { ...record, decoded: { ...record.decoded, ...fields } }
          : { ...record, ...fields };
        const given = turned ? Object.fromEntries(Object.entries(made).reverse()) : made;
        const checked = recordSchema.safeParse(given);
        const write = (): Buffer => encodeRecord(given as unknown as Measurement);
        if (!checked.success) {
          expect(write).toThrow(/no measurement record/);
          return;
        }
        const { v, type, session, seq, ...rest } = checked.data;
        const body = JSON.stringify({ v, type, session, seq, ...rest });
        expect(write()).toEqual(withBody(Buffer.from(body).toString('latin1')));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['value', 'temperature', 'record_number', 'device_time'])(
    'lets no %s be written that is no number and would come back as null',
    (name) => {
      const record = measured({}, { [name]: NaN });
      expect(() => encodeRecord(record)).toThrow(/no measurement record/);
    },
  );

  const bytes = fc.array(
    fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), drop: fc.nat(2) }),
    { minLength: 1, maxLength: 3 },
  );
  it('takes no changed line that the long way would refuse or read otherwise', () => {
    fc.assert(
      fc.property(anyMeasurement, bytes, (record, changes) => {
        const body = [...Buffer.from(bodyOf(encodeRecord(record)), 'latin1')];
        for (const { at, byte, drop } of changes) body.splice(at % body.length, drop, byte);
        const line = withBody(Buffer.from(body).toString('latin1'));
        const taken = shortWay(line);
        if (taken !== undefined) expect(taken).toEqual(longWay(line));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['a number above all that there are', '"seq":7,', '"seq":4294967296,'],
    ['half a byte', '0123031e03', '0123031e0'],
    ['a day that no month has', '2025-09-26T11', '2025-09-31T11'],
    ['no 29 February', '2025-09-26T11', '2025-02-29T11'],
    ["none in a century's year", '2025-09-26T11', '1900-02-29T11'],
    ['seven digits of a second', '00.123Z', '00.1230000Z'],
    ['letters in a time', 'T11:24:00.123Z', 'T11:24:00.1x3Z'],
    ['an hour too many', 'T11:24', 'T24:24'],
    ['an escape', '"status":"0"', '"status":"\\u0030"'],
    ['a space', '"seq":7', '"seq": 7'],
    ['a leading zero', '"seq":7', '"seq":07'],
    ['a number beyond all', '"value":-1.138', '"value":1e999'],
    ['two keys changed about', '"v":1,"type":"measurement"', '"type":"measurement","v":1'],
    ['half a character', '\xc2\xb5S', '\xb5S'],
    ['a character of three bytes', '"status":"0"', '"status":"\xe2\x82\xac"'],
  ])('leaves %s to the long way', (_, from, to) => {
    const body = bodyOf(encodeRecord(measured()));
    expect(body).toContain(from);
    const line = withBody(body.replace(from, to));
    expect(shortWay(line)).toBeUndefined();
    const read = longWay(line);
    expect(decodeLine(line).ok).toBe(read !== undefined);
  });
});
