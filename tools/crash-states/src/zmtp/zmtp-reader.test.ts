import { encodeMessage, encodeRecord, newSessionId } from '@elmetron/protocol';
import { describe, expect, it } from 'vitest';
import { readStreamWord } from './stream-words.js';
import { ZmtpReader } from './zmtp-reader.js';

const GREETING = Buffer.concat([Buffer.from('ff00000000000000017f', 'hex'), Buffer.alloc(54)]);
const frame = (flags: number, body: Buffer): Buffer => {
  if (body.length < 256) return Buffer.concat([Buffer.from([flags, body.length]), body]);
  const head = Buffer.alloc(9);
  head[0] = flags | 2;
  head.writeBigUInt64BE(BigInt(body.length), 1);
  return Buffer.concat([head, body]);
};
const MORE = 1;
const READY = frame(4, Buffer.from('\x05READY'));
const PING = frame(4, Buffer.from('\x04PING\0\0'));
const session = newSessionId();
const ack = encodeMessage({ type: 'ack', session, seq: 12 });

describe('a connection', () => {
  const stream = Buffer.concat([
    GREETING,
    READY,
    frame(0, ack),
    PING,
    frame(MORE, Buffer.from('head')),
    frame(0, Buffer.alloc(70_000, 'x')),
  ]);

  it('is read message by message, commands left out', () => {
    const messages = new ZmtpReader().push(stream);
    expect(messages.map((frames) => frames.map(({ length }) => length))).toEqual([
      [ack.length],
      [4, 70_000],
    ]);
  });

  it('is read the same in pieces of any size', () => {
    const reader = new ZmtpReader();
    const messages: Buffer[][] = [];
    const small = stream.subarray(0, 400);
    for (const byte of small) messages.push(...reader.push(Buffer.from([byte])));
    messages.push(...reader.push(stream.subarray(400)));
    expect(messages).toEqual(new ZmtpReader().push(stream));
  });

  it('of another kind says nothing', () => {
    const reader = new ZmtpReader();
    expect(reader.push(Buffer.from('GET /health HTTP/1.1\r\n'))).toEqual([]);
    expect(reader.push(GREETING)).toEqual([]);
  });
});

describe('a message', () => {
  it('can be an acknowledgement', () => {
    expect(readStreamWord([ack])).toEqual({ kind: 'ack', session, seq: 12 });
  });

  it('can be a batch of records', () => {
    const header = encodeMessage({ type: 'batch', session, prev: 4, first: 5, count: 2 });
    expect(readStreamWord([header, Buffer.from('a\nb\n')])).toEqual({
      kind: 'records',
      records: [
        { session, seq: 5 },
        { session, seq: 6 },
      ],
    });
  });

  it('can be a record on the live feed', () => {
    const end = {
      ended_at: '2026-01-01T00:00:00.000Z',
      reason: 'stopped',
      measurement_count: 0,
    } as const;
    const line = encodeRecord({ v: 1, type: 'session_end', session, seq: 3, ...end });
    const word = readStreamWord([Buffer.from('bench-1'), line]);
    expect(word).toMatchObject({ kind: 'records', records: [{ session, seq: 3 }] });
  });

  it('can be nothing of that', () => {
    expect(readStreamWord([encodeMessage({ type: 'heartbeat' })])).toBeUndefined();
    expect(readStreamWord([Buffer.from('no JSON'), Buffer.from('no record')])).toBeUndefined();
  });
});
