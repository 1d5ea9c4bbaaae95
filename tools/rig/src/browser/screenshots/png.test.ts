import { deflateSync, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { optimised } from './png.js';

const chunk = (type: string, data: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)]);
};

test('the points of a picture stay, in fewer bytes, and what else it says stays too', () => {
  const points = Buffer.from('all the points of a picture, '.repeat(1000));
  const stored = deflateSync(points, { level: 0 });
  const png = Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', Buffer.alloc(13, 7)),
    chunk('IDAT', stored.subarray(0, 10)),
    chunk('IDAT', stored.subarray(10)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  const made = optimised(png);
  expect(made.length).toBeLessThan(png.length / 10);
  expect(made.subarray(0, 33 - 4)).toEqual(png.subarray(0, 33 - 4));
  const at = made.indexOf('IDAT');
  const packed = made.subarray(at + 4, at + 4 + made.readUInt32BE(at - 4));
  expect(inflateSync(packed)).toEqual(points);
  // Its checksum is known to all: RFC 2083, 11.2.1.
  expect(made.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
});
