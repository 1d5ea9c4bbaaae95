import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../testing/eventually.js';
import { PtyPair } from './pty-pair.js';

async function make() {
  const received: Buffer[] = [];
  const failures: Error[] = [];
  const pair = await PtyPair.open({
    received: (bytes) => received.push(bytes),
    failed: (error) => failures.push(error),
  });
  onTestFinished(() => pair.close());
  return { pair, received, failures };
}

describe('pseudo-terminal pair', () => {
  it('knows whether a host is there, again and again', async () => {
    const { pair, failures } = await make();
    for (let i = 0; i < 3; i += 1) {
      expect(pair.hostPresent()).toBe(false);
      const host = openSync(pair.device, 'r+');
      expect(pair.hostPresent()).toBe(true);
      closeSync(host);
      expect(pair.hostPresent()).toBe(false);
    }
    expect(failures).toEqual([]);
  });

  it('takes nothing when no host is there', async () => {
    const { pair } = await make();
    expect(pair.write(Buffer.from('lost'))).toBe(0);
    expect(pair.drain()).toBe(0);
  });

  it('carries any byte both ways as it is', async () => {
    const { pair, received } = await make();
    const every = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const host = openSync(pair.device, 'r+');
    expect(pair.write(every)).toBe(256);
    const read = Buffer.alloc(300);
    expect(readSync(host, read)).toBe(256);
    expect(read.subarray(0, 256)).toEqual(every);
    // No carriage return is added, nothing is echoed.
    const poll = every.filter((byte) => byte !== 10);
    writeSync(host, poll);
    await eventually('the bytes', () => Buffer.concat(received).length >= poll.length);
    expect(Buffer.concat(received)).toEqual(poll);
    expect(pair.drain()).toBe(0);
    closeSync(host);
  });

  it('loses no byte of the host to its own looking', async () => {
    const { pair, received } = await make();
    const host = openSync(pair.device, 'r+');
    const all: Buffer[] = [];
    for (let i = 0; i < 300; i += 1) {
      const bytes = Buffer.from(`${i};`);
      writeSync(host, bytes);
      all.push(bytes);
      pair.hostPresent();
      if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const length = Buffer.concat(all).length;
    await eventually('the bytes', () => Buffer.concat(received).length >= length);
    expect(Buffer.concat(received)).toEqual(Buffer.concat(all));
    closeSync(host);
  });

  it('gives up bytes at a host that does not read, and counts what lay unread', async () => {
    const { pair } = await make();
    const host = openSync(pair.device, 'r+');
    let taken = 0;
    for (let i = 0; i < 100; i += 1) taken += pair.write(Buffer.alloc(1000, 65));
    expect(taken).toBeGreaterThan(1000);
    expect(taken).toBeLessThan(100_000);
    closeSync(host);
    expect(pair.hostPresent()).toBe(false);
    expect(pair.drain()).toBe(taken);
    expect(pair.drain()).toBe(0);
  });

  it('hangs up its host when it is closed', async () => {
    const { pair } = await make();
    const host = openSync(pair.device, 'r+');
    await pair.close();
    expect(() => writeSync(host, 'x')).toThrow(expect.objectContaining({ code: 'EIO' }));
    closeSync(host);
    expect(pair.hostPresent()).toBe(false);
  });
});
