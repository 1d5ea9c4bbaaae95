/** The columns read from a table of lines against those of the records that the lines are. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeLine, LineScanner } from '@elmetron/protocol';
import { measurementColumns } from './row-mapping.js';
import { MeasurementLines } from './measurement-lines.js';
import { at, linesOf, MadeSession } from './testing/made-session.js';

const sessions = [new MadeSession(), new MadeSession('EMU00001')];
const number = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }));
const text = fc.constantFrom('pH', 'mV', 'µS/cm', '°C', 'mg/l', '', '0', '00000');
const deviceTime = fc.oneof(
  fc.nat(10_000).map((seq) => at(seq).slice(0, 19)),
  fc.constantFrom(null, '', '2026-02-30T12:00:00', '0025-01-01T00:00:00', 'a time of some kind'),
);
const measurements = fc.array(
  fc
    .record({
      session: fc.nat(1),
      seq: fc.nat(1_000),
      frame: fc.uint8Array({ minLength: 1, maxLength: 110 }),
      value: number,
      unit: text,
      temperature: number,
      temperature_unit: text,
      device_time: deviceTime,
      record_number: fc.option(fc.nat(100_000)),
      status: text,
      range: text,
      mode: text,
    })
    .map(({ session, seq, frame, ...decoded }) =>
      (sessions[session] ?? new MadeSession()).measurement(seq, {
        raw_frame_hex: Buffer.from(frame).toString('hex'),
        decoded,
      }),
    ),
  { maxLength: 20 },
);

it('reads what the record itself would put into the columns', () => {
  fc.assert(
    fc.property(measurements, (records) => {
      const bytes = linesOf(...records);
      const lines = new MeasurementLines(bytes, new LineScanner().scan(bytes));
      let count = 0;
      for (; lines.next(); count++) {
        const read = decodeLine(lines.bytes);
        if (!read.ok || read.record.type !== 'measurement') throw new Error('no measurement');
        const { record } = read;
        // A number that JSON writes in another form than the short one is left to the long way.
        if (!lines.isMeasurement) continue;
        expect([lines.session, lines.seq]).toEqual([record.session, record.seq]);
        expect(lines.columns()).toEqual(measurementColumns(record));
      }
      expect(count).toBe(records.length);
    }),
    { numRuns: 500 },
  );
});
