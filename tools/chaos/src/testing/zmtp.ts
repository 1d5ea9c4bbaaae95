/** Bytes as ZeroMQ puts them on a connection, made by hand from its specification. */

/** Signature, version 3.0, mechanism NULL, no server, filler. */
export function greeting(mechanism = 'NULL', version = 3): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt8(0xff, 0);
  bytes.writeUInt8(0x7f, 9);
  bytes.writeUInt8(version, 10);
  bytes.write(mechanism, 12, 'latin1');
  return bytes;
}

export const READY = Buffer.concat([Buffer.from([0x04, 6, 5]), Buffer.from('READY')]);

/** A message frame; one longer than 255 bytes has a long header. */
export function frame(body: Buffer | string, more = false): Buffer {
  const bytes = Buffer.from(body);
  if (bytes.length < 256) return Buffer.concat([Buffer.from([more ? 1 : 0, bytes.length]), bytes]);
  const head = Buffer.alloc(9);
  head.writeUInt8(more ? 3 : 2, 0);
  head.writeBigUInt64BE(BigInt(bytes.length), 1);
  return Buffer.concat([head, bytes]);
}

export const message = (...frames: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat(frames.map((body, i) => frame(body, i < frames.length - 1)));
