import { describe, expect, it } from 'vitest';
import { greeting, message, ready } from '../hostile/zmtp.js';
import { ZmtpError, ZmtpReader } from './zmtp-frames.js';

const long = 'x'.repeat(70_000);
const conversation = Buffer.concat([
  greeting(),
  ready('DEALER'),
  message('{"type":"hello"}'),
  message('{"type":"batch"}', long),
  ready('DEALER'),
  message('', 'a', ''),
]);
const expected = [['{"type":"hello"}'], ['{"type":"batch"}', long], ['', 'a', '']];
const texts = (messages: Buffer[][]) => messages.map((frames) => frames.map(String));

describe('ZMTP reader', () => {
  it('reads messages of one frame and of several, and passes over commands', () => {
    expect(texts(new ZmtpReader().push(conversation))).toEqual(expected);
  });

  it.each([1, 2, 63, 64, 65, 1000, 65_536])('does so in pieces of %i bytes', (size) => {
    const reader = new ZmtpReader();
    const messages: Buffer[][] = [];
    for (let at = 0; at < conversation.length; at += size) {
      messages.push(...reader.push(conversation.subarray(at, at + size)));
    }
    expect(texts(messages)).toEqual(expected);
  });

  it('has a message only when its last byte is there', () => {
    const reader = new ZmtpReader();
    expect(reader.push(conversation.subarray(0, -1))).toHaveLength(2);
    expect(reader.push(conversation.subarray(-1))).toHaveLength(1);
  });

  it.each([
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n')],
    ['another version', greeting({ major: 2 })],
    ['encryption', greeting({ mechanism: 'CURVE' })],
    ['unknown flags', Buffer.concat([greeting(), Buffer.from([0x40, 0])])],
  ])('refuses %s', (_, bytes) => {
    expect(() => new ZmtpReader().push(bytes)).toThrow(ZmtpError);
  });
});
