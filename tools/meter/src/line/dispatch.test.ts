import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeFrame, HEADER_BYTES } from '@elmetron/protocol';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../testing/temporary-folder.js';
import { Account } from './account.js';
import { Dispatch, type Send } from './dispatch.js';

const folder = temporaryFolders();
const frame = encodeFrame({
  serial: 'EMU00001',
  value: '7.012',
  unit: 'pH',
  temperature: '24.8',
  deviceTime: '2024-02-29T23:59:59',
});
const header = frame.subarray(0, HEADER_BYTES);
const hex = frame.toString('hex');

function make(send: Send = (bytes) => bytes.length) {
  const path = join(folder(), 'account.jsonl');
  const account = new Account(path, () => 0);
  const lines = (): unknown[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line): unknown => JSON.parse(line));
  return { path, account, lines, dispatch: new Dispatch(send, account) };
}
const at = '1970-01-01T00:00:00.000Z';
const booked = (n: number, more: object = {}) => ({
  event: 'frame',
  boot_us: expect.any(Number),
  n,
  poll: 1,
  at,
  frame: hex,
  doubled: false,
  ...more,
});

describe('dispatch', () => {
  it('books a frame before its last byte leaves, and that it left', () => {
    const before: unknown[] = [];
    const { dispatch, lines } = make((bytes) => {
      before.push(...lines());
      return bytes.length;
    });
    dispatch.deliver(frame.subarray(0, 99), 1);
    expect(before).toEqual([]);
    dispatch.deliver(frame.subarray(99), 1);
    expect(before).toEqual([booked(1)]);
    expect(lines()).toEqual([booked(1), { event: 'sent', n: 1 }]);
  });

  it('books from the last SOH, whatever stood before it', () => {
    const { dispatch, lines } = make();
    dispatch.deliver(Buffer.concat([Buffer.from([1, 2, 3, 1, 35]), header, frame]), 1);
    dispatch.deliver(Buffer.concat([Buffer.from([1, 65]), frame]), 2);
    expect(lines()).toEqual([
      booked(1, { doubled: true }),
      { event: 'sent', n: 1 },
      booked(2, { poll: 2 }),
      { event: 'sent', n: 2 },
    ]);
  });

  it('says what nobody took', () => {
    const { dispatch, lines } = make(() => 0);
    expect(dispatch.deliver(frame, 1)).toBe(false);
    expect(lines()).toEqual([booked(1), { event: 'cut', n: 1, cause: 'nobody', missing: 100 }]);
  });

  it('says how much of a frame a full buffer did not take', () => {
    const { dispatch, lines } = make(() => 130);
    expect(dispatch.deliver(Buffer.concat([frame, frame]), 1)).toBe(false);
    expect(lines()).toEqual([
      booked(1),
      booked(2),
      { event: 'sent', n: 1 },
      { event: 'cut', n: 2, cause: 'overrun', missing: 70 },
    ]);
  });

  it('books what went out of a frame that the end of the line cut', () => {
    const { dispatch, lines } = make();
    dispatch.deliver(Buffer.concat([header, frame.subarray(0, 60)]), 1);
    dispatch.end('unplugged', 0);
    expect(lines()).toEqual([
      booked(1, { frame: hex.slice(0, 120), doubled: true }),
      { event: 'cut', n: 1, cause: 'unplugged', missing: 40 },
    ]);
  });

  it('takes back what it said of frames that lay unread', () => {
    const { dispatch, lines } = make();
    for (let i = 0; i < 3; i += 1) dispatch.deliver(frame, 1);
    dispatch.end('nobody', 130);
    expect(lines().slice(6)).toEqual([
      { event: 'cut', n: 2, cause: 'unread', missing: 30 },
      { event: 'cut', n: 3, cause: 'unread', missing: 100 },
    ]);
  });

  it('does not book noise at the end', () => {
    const { dispatch, lines } = make();
    dispatch.deliver(Buffer.from([1, 2, 3, 4, 1, 65]), 1);
    dispatch.end('nobody', 0);
    expect(lines()).toEqual([]);
  });
});

describe('account', () => {
  it('goes on behind the account of a killed meter, whose torn line it ends', () => {
    const path = join(folder(), 'deep', 'account.jsonl');
    new Account(path, () => 0).close();
    writeFileSync(path, '{"event":"sta');
    const account = new Account(path, () => 0);
    account.start('EMU00001');
    account.close();
    expect(readFileSync(path, 'utf8')).toBe(
      `{"event":"sta\n{"event":"start","at":"${at}","serial":"EMU00001"}\n`,
    );
  });

  it('says when it cannot be written', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    expect(() => new Account(join(file, 'account'), () => 0)).toThrow(
      expect.objectContaining({ code: 'account_unwritable' }),
    );
  });
});
