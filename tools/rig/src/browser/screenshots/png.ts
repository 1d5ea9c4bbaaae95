/** A picture with the same points in fewer bytes: what the browser writes is packed quickly, not well. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE_BYTES = 8;

/** Packs the points of a PNG anew; everything else stays as it is. Throws RangeError when it is none. */
export function optimised(png: Buffer): Buffer {
  const chunks = [...chunksOf(png)];
  const packed = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
  const data = deflateSync(inflateSync(Buffer.concat(packed)), { level: 9, memLevel: 9 });
  const others = chunks.filter(({ type }) => type !== 'IDAT');
  const end = others.findIndex(({ type }) => type === 'IEND');
  others.splice(end, 0, { type: 'IDAT', data });
  const made = Buffer.concat([png.subarray(0, SIGNATURE_BYTES), ...others.map(chunkBytes)]);
  return made.length < png.length ? made : png;
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

function* chunksOf(png: Buffer): Generator<Chunk> {
  for (let at = SIGNATURE_BYTES; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    yield { type, data: png.subarray(at + 8, at + 8 + length) };
    at += 12 + length;
  }
}

function chunkBytes({ type, data }: Chunk): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
