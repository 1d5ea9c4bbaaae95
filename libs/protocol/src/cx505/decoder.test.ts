import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame, type DecodeResult } from './decoder.js';
import { encodeFrame, type FrameFields } from './encoder.js';

const usual: FrameFields = {
  serial: '00001/99',
  value: '506.9',
  unit: 'mV rel',
  temperature: '32.1',
  deviceTime: '2025-09-26T13:24:00',
};
const decodeOf = (fields: Partial<FrameFields>): Extract<DecodeResult, { ok: true }> => {
  const result = decodeFrame(encodeFrame({ ...usual, ...fields }));
  if (!result.ok) throw new Error(result.reason);
  return result;
};
/** The usual frame with some bytes set anew. */
const patched = (at: number, bytes: string): Buffer => {
  const frame = encodeFrame(usual);
  frame.write(bytes, at, 'latin1');
  return frame;
};

describe('decoder', () => {
  it('reads every field', () => {
    expect(decodeOf({ recordNumber: 42, status: '1', range: '00020', mode: '00003' })).toEqual({
      ok: true,
      model: 'CX-505',
      serial: '00001/99',
      unreadable: [],
      decoded: {
        value: 506.9,
        unit: 'mV rel',
        temperature: 32.1,
        temperature_unit: '°C',
        device_time: '2025-09-26T13:24:00',
        record_number: 42,
        status: '1',
        range: '00020',
        mode: '00003',
      },
    });
  });

  it('reads back what the encoder made', () => {
    const number = fc
      .tuple(fc.integer({ min: -99999, max: 99999 }), fc.integer({ min: 0, max: 3 }))
      .map(([n, decimals]) => (n / 10 ** decimals).toFixed(decimals));
    const unit = fc.constantFrom('mV rel', 'mV', 'pH', 'µS/cm', 'mS/cm', '% O2', 'mg/l', '', '?');
    fc.assert(
      fc.property(number, unit, number, (value, someUnit, temperature) => {
        const { decoded, unreadable } = decodeOf({ value, unit: someUnit, temperature });
        expect(unreadable).toEqual([]);
        expect(decoded.value).toBe(Number(value) + 0);
        expect(decoded.unit).toBe(someUnit);
        expect(decoded.temperature).toBe(Number(temperature) + 0);
      }),
    );
  });

  it.each([
    ['-1.138', -1.138],
    ['-5.0', -5],
    ['0.000', 0],
    ['-0.0', 0],
    ['7,012', 7.012],
    ['+12.5', 12.5],
    ['1234567', 1234567],
  ])('reads the value %s', (text, value) => {
    expect(decodeOf({ value: text }).decoded.value).toBe(value);
    expect(decodeOf({ temperature: text }).decoded.temperature).toBe(value);
  });

  it.each(['', '-----', 'Error1', '1.', '.5', '1.2.3', '--1', '1e3', '0x1F', '5 6', 'NaN', '-'])(
    'keeps the unit of a value that is none: "%s"',
    (text) => {
      const { decoded, unreadable } = decodeOf({ value: text, temperature: text });
      expect(decoded).toMatchObject({ value: null, unit: 'mV rel', temperature: null });
      expect(decoded.temperature_unit).toBe('°C');
      expect(unreadable).toEqual(['value', 'temperature']);
    },
  );

  it('keeps an unknown unit as it is, and takes a missing one', () => {
    expect(decodeOf({ unit: 'Ωish'.replace('Ω', 'µ') }).decoded.unit).toBe('µish');
    expect(decodeOf({ unit: '' }).decoded).toMatchObject({ value: 506.9, unit: '' });
  });

  it.each([
    '2025-02-31T10:00:00',
    '2025-02-29T10:00:00',
    '2025-13-01T10:00:00',
    '2025-00-10T10:00:00',
    '2025-01-00T10:00:00',
    '2025-01-01T24:00:00',
    '2025-01-01T23:60:00',
    '2025-01-01T23:59:60',
    '    -  -  T--:--:--',
  ])('has no device time for %s, and says so', (deviceTime) => {
    const { decoded, unreadable } = decodeOf({ deviceTime });
    expect(decoded.device_time).toBeNull();
    expect(decoded.value).toBe(506.9);
    expect(unreadable).toEqual(['device_time']);
  });

  it('takes the leap day of a leap year', () => {
    expect(decodeOf({ deviceTime: '2024-02-29T00:00:00' }).unreadable).toEqual([]);
  });

  it('says when the record number is none', () => {
    const result = decodeFrame(patched(42, '  x  '));
    expect(result).toMatchObject({ ok: true, unreadable: ['record_number'] });
  });

  it('takes no number that stands beside its column', () => {
    // One byte lost and another doubled within the value: the length is right, the number is not.
    const beside = ['  06.9 mV\u00a0rel    ', ' 506.9  mV\u00a0rel   ', '  506.9  mV\u00a0rel  '];
    for (const text of beside) {
      expect(decodeFrame(patched(48, text))).toMatchObject({ ok: true, unreadable: ['value'] });
    }
  });

  it('refuses every lost, doubled, inserted and control byte', () => {
    const frame = encodeFrame(usual);
    fc.assert(
      fc.property(
        fc.nat({ max: frame.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        (at, byte) => {
          const lost = Buffer.concat([frame.subarray(0, at), frame.subarray(at + 1)]);
          const doubled = Buffer.concat([frame.subarray(0, at + 1), frame.subarray(at)]);
          const inserted = Buffer.concat([
            frame.subarray(0, at),
            Buffer.from([byte]),
            frame.subarray(at),
          ]);
          for (const bad of [lost, doubled, inserted]) expect(decodeFrame(bad).ok).toBe(false);
          const control = Buffer.from(frame);
          control[at] = (byte & 0x80) | (byte % 0x20);
          fc.pre(control[at] !== frame[at]);
          expect(decodeFrame(control).ok).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('refuses two half frames glued together, unless both are cut at the same byte', () => {
    const a = encodeFrame(usual);
    const b = encodeFrame({ ...usual, value: '-1.138', unit: 'pH', temperature: '-9.9' });
    fc.assert(
      fc.property(fc.nat({ max: 99 }), fc.nat({ max: 99 }), (end, start) => {
        fc.pre(end !== start);
        expect(decodeFrame(Buffer.concat([a.subarray(0, end), b.subarray(start)])).ok).toBe(false);
      }),
    );
  });

  it('refuses a delimiter that is another byte, and a delimiter within a field', () => {
    const frame = encodeFrame(usual);
    for (const [at, byte] of frame.entries()) {
      const bad = Buffer.from(frame);
      bad[at] = byte === 0x23 ? 0x20 : 0x23;
      expect(decodeFrame(bad).ok).toBe(false);
    }
  });

  it('refuses a frame without a serial number, the echo of a poll, and nothing', () => {
    expect(decodeFrame(encodeFrame({ ...usual, serial: '' })).ok).toBe(false);
    expect(decodeFrame(Buffer.from('012330233023302303', 'hex')).ok).toBe(false);
    expect(decodeFrame(new Uint8Array()).ok).toBe(false);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 98, maxLength: 102 }), (bytes) => {
        expect(typeof decodeFrame(bytes).ok).toBe('boolean');
      }),
    );
  });
});

describe('encoder', () => {
  it('makes the frame of the meter, byte for byte', () => {
    expect(encodeFrame(usual).toString('latin1')).toBe(
      '\x01#CX-505  S/N00001/99#0#00000#00000#\x17\x02' +
        '#Nr:00000#  506.9 mV\u00a0rel   #   32.1 °C #26-09-2025#13:24:00#\x1e\x03',
    );
  });

  it.each([
    { serial: '000001/99' },
    { value: '12345678', unit: 'mV rel   ' },
    { unit: 'Ω' },
    { recordNumber: 100_000 },
    { deviceTime: '12025-01-01T00:00:00' },
  ])('refuses what does not fit its column: %j', (fields) => {
    expect(() => encodeFrame({ ...usual, ...fields })).toThrow(
      expect.objectContaining({ code: 'field_does_not_fit' }),
    );
  });
});
