/** Many lines read at once against each of them read by itself, which is the measure. */
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CrcOfLines } from './crc-of-lines.js';
import { decodeLine, encodeRecord } from './line-codec.js';
import { NUMBER, NUMBERS, PLACE, PLACES, partOf, type LineTable } from './line-table.js';
import { LineScanner } from './scan-lines.js';
import { newSessionId } from './session-id.js';

const SESSION = newSessionId();
const NEWLINE = Buffer.from('\n');

function measurement(seq: number, unit = 'pH'): Buffer {
  return encodeRecord({
    v: 1,
    type: 'measurement',
    session: SESSION,
    seq,
    captured_at: '2025-09-26T11:24:00.123Z',
    elapsed_ms: 10 ** (seq % 5),
    raw_frame_hex: '0123031e03',
    decoded: {
      value: seq / 8,
      unit,
      temperature: null,
      temperature_unit: '°C',
      device_time: null,
      record_number: seq,
      status: '0',
      range: '00000',
      mode: '00000',
    },
  });
}

const event = (seq: number): Buffer =>
  encodeRecord({
    v: 1,
    type: 'audit_event',
    session: SESSION,
    seq,
    at: '2025-09-26T11:24:00.123Z',
    level: 'info',
    category: 'test',
    message: 'x'.repeat(seq % 90),
    payload: {},
  });

interface Said {
  readonly line: string;
  /** The number of a measurement; undefined when it is not marked as one. */
  readonly seq: number | undefined;
}

function said(bytes: Buffer, table: LineTable): Said[] {
  let at = 0;
  return Array.from({ length: table.lines }, (_, i) => {
    const line = bytes.subarray(at, at + (table.places[PLACES * i + PLACE.length] ?? 0));
    at += line.length + 1;
    const marked = table.places[PLACES * i + PLACE.isMeasurement] === 1;
    const seq = marked ? table.numbers[NUMBERS * i + NUMBER.seq] : undefined;
    return { line: line.toString('latin1'), seq };
  });
}

/** The same by `decodeLine`. */
function expected(lines: readonly Buffer[]): Said[] {
  return lines.map((line) => {
    const result = decodeLine(line);
    const seq = result.ok && result.record.type === 'measurement' ? result.record.seq : undefined;
    return { line: line.toString('latin1'), seq };
  });
}

const ended = (lines: readonly Buffer[]): Buffer =>
  Buffer.concat(lines.flatMap((line) => [line, NEWLINE]));

const anyLine = fc.oneof(
  { weight: 6, arbitrary: fc.nat(5_000).map((seq) => measurement(seq)) },
  { weight: 1, arbitrary: fc.nat(500).map(event) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('', '{}', 'no line', '\xff'.repeat(400))
      .map((other) => Buffer.from(other)),
  },
);
const damages = fc.array(fc.record({ line: fc.nat(), at: fc.nat(), bit: fc.nat(7) }), {
  maxLength: 3,
});

function damaged(
  lines: readonly Buffer[],
  where: readonly { line: number; at: number; bit: number }[],
): Buffer[] {
  const copies = lines.map((line) => Buffer.from(line));
  for (const { line, at, bit } of where) {
    const hit = copies[line % copies.length];
    if (hit === undefined || hit.length === 0) continue;
    const flipped = (hit[at % hit.length] ?? 0) ^ (1 << bit);
    // A newline made of a byte would be another case: two lines.
    if (flipped !== 0x0a) hit[at % hit.length] = flipped;
  }
  return copies;
}

describe('LineScanner', () => {
  const scanner = new LineScanner();

  it('says of many lines together what decodeLine says of each, damaged ones among them', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 40 }), damages, (whole, where) => {
        const lines = damaged(whole, where);
        const bytes = ended(lines);
        expect(said(bytes, scanner.scan(bytes))).toEqual(expected(lines));
      }),
      { numRuns: 500 },
    );
  });

  it('finds the one damaged line of a thousand, and takes all others', () => {
    const lines = Array.from({ length: 1_000 }, (_, i) => measurement(i, i % 7 ? 'pH' : 'µS/cm'));
    const hit = Buffer.from(lines[617] ?? []);
    // A digit for a digit: nothing but the checksum tells.
    hit.write('9', hit.indexOf('"record_number":') + 16);
    lines[617] = hit;
    const bytes = ended(lines);
    const marked = said(bytes, scanner.scan(bytes)).map(({ seq }) => seq);
    expect(marked).toEqual(lines.map((_, i) => (i === 617 ? undefined : i)));
  });

  it('takes a last line without its newline, and no line at all', () => {
    for (const lines of [[1], [1, 2, 3], Array.from({ length: 20 }, (_, i) => i)]) {
      const made = lines.map((seq) => measurement(seq));
      const bytes = ended(made).subarray(0, -1);
      expect(said(bytes, scanner.scan(bytes))).toEqual(expected(made));
    }
    expect(scanner.scan(Buffer.alloc(0)).lines).toBe(0);
  });

  it('leaves a table alone when it reads on', () => {
    const bytes = ended([measurement(1)]);
    const first = scanner.scan(bytes);
    scanner.scan(ended([measurement(2)]));
    expect(said(bytes, first)[0]?.seq).toBe(1);
  });

  it('gives a part of a table as the lines themselves would', () => {
    const lines = [event(0), measurement(1), measurement(2), event(3)];
    const whole = scanner.scan(ended(lines));
    const bytes = ended(lines.slice(1, 3));
    expect(said(bytes, partOf(whole, 1, 3))).toEqual(expected(lines.slice(1, 3)));
  });
});

describe('CrcOfLines', () => {
  it('comes to what zlib makes of all the bytes', () => {
    const joined = new CrcOfLines();
    const pieces = fc.array(fc.tuple(fc.uint8Array({ maxLength: 700 }), fc.nat()), {
      maxLength: 9,
    });
    fc.assert(
      fc.property(pieces, (given) => {
        joined.reset();
        for (const [bytes, n] of given) {
          const carried = n % (bytes.length + 1);
          joined.add(bytes, 0, carried, bytes.length, crc32(bytes.subarray(0, carried)));
        }
        expect(joined.value).toBe(crc32(Buffer.concat(given.map(([bytes]) => bytes))));
      }),
      { numRuns: 500 },
    );
  });
});
