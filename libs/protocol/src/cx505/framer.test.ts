import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from './encoder.js';
import { Framer, MAX_FRAME_BYTES, type FramerOutput } from './framer.js';
import { HEADER_BYTES } from './frame-layout.js';

const SOH = 0x01;
const ETX = 0x03;
const frame = encodeFrame({
  serial: '00001/99',
  value: '7.012',
  unit: 'pH',
  temperature: '24.8',
  deviceTime: '2024-02-29T23:59:59',
});

/** Bytes with the control bytes of a frame far more often than chance would have them. */
const noise = (maxLength: number) =>
  fc
    .array(
      fc.oneof(
        fc.integer({ min: 0, max: 255 }),
        fc.constantFrom(SOH, 0x02, ETX, 0x17, 0x1e, 0x0d, 0x0a),
      ),
      { maxLength },
    )
    .map((bytes) => Buffer.from(bytes));

const someFrame = fc
  .record({
    value: fc.integer({ min: -9999, max: 9999 }).map((n) => (n / 1000).toFixed(3)),
    second: fc.integer({ min: 0, max: 59 }),
  })
  .map(({ value, second }) =>
    encodeFrame({
      serial: '00001/99',
      value,
      unit: 'mV rel',
      temperature: '-2.5',
      deviceTime: `2024-05-01T10:00:${String(second).padStart(2, '0')}`,
    }),
  );

function cut(stream: Buffer, at: readonly number[]): Buffer[] {
  const edges = [0, ...at.map((n) => n % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  return edges.slice(1).map((end, i) => stream.subarray(edges[i], end));
}

function run(chunks: readonly Buffer[]): FramerOutput[] {
  const framer = new Framer();
  return [...chunks.flatMap((chunk) => framer.push(chunk)), ...framer.end()];
}

const framesOf = (output: readonly FramerOutput[]): string[] =>
  output.filter((o) => o.kind === 'frame').map((o) => o.bytes.toString('hex'));
const bytesOf = (output: readonly FramerOutput[]): Buffer =>
  Buffer.concat(output.map((o) => o.bytes));

describe('framer', () => {
  it('gives out the same for any chunking', () => {
    const stream = fc
      .array(fc.oneof(someFrame, noise(40), noise(600)), { maxLength: 8 })
      .map((parts) => Buffer.concat(parts));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 30 }), (bytes, at) => {
        expect(run(cut(bytes, at))).toEqual(run([bytes]));
      }),
    );
  });

  it('loses no frame to any noise between frames', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(noise(600), someFrame), { maxLength: 6 }),
        noise(30),
        (parts, tail) => {
          const found = framesOf(run([Buffer.concat([...parts.flat(), tail])]));
          // Noise may look like a frame; the real ones must be there among it, in order.
          let next = 0;
          for (const [, real] of parts) {
            const at = found.indexOf(real.toString('hex'), next);
            expect(at).toBeGreaterThanOrEqual(next);
            next = at + 1;
          }
        },
      ),
    );
  });

  it('gives every byte out exactly once, but for the CR LF after a frame', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(someFrame, noise(600)), { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 10 }),
        (parts, at) => {
          const stream = Buffer.concat(parts);
          const output = run(cut(stream, at));
          let offset = 0;
          for (const { kind, bytes } of output) {
            expect(stream.subarray(offset, offset + bytes.length)).toEqual(bytes);
            offset += bytes.length;
            if (kind !== 'frame') continue;
            if (stream[offset] === 0x0d) offset += 1;
            if (stream[offset] === 0x0a) offset += 1;
          }
          expect(offset).toBe(stream.length);
        },
      ),
    );
  });

  it('starts at the last SOH of a doubled header', () => {
    const header = frame.subarray(0, HEADER_BYTES);
    expect(run([header, frame])).toEqual([
      { kind: 'discarded', bytes: header, reason: 'restarted' },
      { kind: 'frame', bytes: frame },
    ]);
  });

  it('swallows CR LF, CR or LF after a frame, and only there', () => {
    for (const end of ['\r\n', '\r', '\n']) {
      expect(run([frame, Buffer.from(end), frame])).toEqual(run([frame, frame]));
    }
    expect(bytesOf(run([frame, Buffer.from('\n\r')]))).toEqual(
      Buffer.concat([frame, Buffer.from('\r')]),
    );
    expect(run([Buffer.from('\r\n')])).toEqual([
      { kind: 'discarded', bytes: Buffer.from('\r\n'), reason: 'noise' },
    ]);
  });

  it('holds no more than a plausible frame', () => {
    const endless = Buffer.concat([Buffer.from([SOH]), Buffer.alloc(1000, 0x41)]);
    const framer = new Framer();
    const output = framer.push(endless);
    expect(output[0]).toEqual({
      kind: 'discarded',
      bytes: endless.subarray(0, MAX_FRAME_BYTES),
      reason: 'too_long',
    });
    expect(output.slice(1).every((o) => o.kind === 'discarded' && o.reason === 'noise')).toBe(true);
    expect(endless.length - bytesOf(output).length).toBeLessThan(MAX_FRAME_BYTES);
    expect(framesOf(framer.push(frame))).toEqual([frame.toString('hex')]);
  });

  it('joins nothing across an end', () => {
    const framer = new Framer();
    expect(framer.push(frame.subarray(0, 50))).toEqual([]);
    expect(framer.end()).toEqual([
      { kind: 'discarded', bytes: frame.subarray(0, 50), reason: 'incomplete' },
    ]);
    expect(framer.push(frame.subarray(50))).toEqual([]);
    expect(framer.end()).toEqual([
      { kind: 'discarded', bytes: frame.subarray(50), reason: 'noise' },
    ]);
  });

  it('keeps its output when the caller reuses the chunk', () => {
    const chunk = Buffer.from(frame);
    const output = new Framer().push(chunk);
    chunk.fill(0);
    expect(framesOf(output)).toEqual([frame.toString('hex')]);
  });
});
