import { Pty } from '@elmetron/link/testing';
import { linkTo, systemTimers } from '@elmetron/link';
import { encodeFrame, POLL, systemClock } from '@elmetron/protocol/offline';
import { afterEach, expect, it } from 'vitest';
import { askOnce } from './ask-once.js';

const ptys: Pty[] = [];
afterEach(() => {
  for (const pty of ptys.splice(0)) pty.unplug();
});

function newPty(answer: (pty: Pty) => void): Pty {
  const pty = new Pty();
  pty.answer = () => {
    answer(pty);
  };
  ptys.push(pty);
  return pty;
}

const ask = (port: string, signal = new AbortController().signal) =>
  askOnce({
    open: linkTo(port, systemTimers),
    line: { baud: 115_200, dataBits: 8, stopBits: 2, parity: 'even' },
    poll: POLL,
    readTimeoutMs: 150,
    clock: systemClock,
    signal,
  });

const FRAME = encodeFrame({
  serial: '00308/25',
  value: '7.01',
  unit: 'pH',
  temperature: '21.5',
  deviceTime: '2026-03-01T08:00:00',
});

it('a meter that answers in two pieces, behind noise', async () => {
  const pty = newPty((line) => {
    line.write(Buffer.concat([Buffer.from('\u0000ff'), FRAME.subarray(0, 40)]));
    setImmediate(() => line.write(FRAME.subarray(40)));
  });
  expect(await ask(pty.path)).toMatchObject({
    kind: 'reading',
    port: pty.path,
    serial: '00308/25',
    decoded: { value: 7.01, unit: 'pH' },
  });
});

it('a meter that lets the first poll pass', async () => {
  let polls = 0;
  const pty = newPty((line) => {
    if (++polls > 1) line.write(FRAME);
  });
  expect(await ask(pty.path)).toMatchObject({ kind: 'reading' });
});

it('silence', async () => {
  const pty = newPty(() => undefined);
  expect(await ask(pty.path)).toEqual({ kind: 'silent', port: pty.path });
  expect(Buffer.concat(pty.received).toString('hex')).toBe(POLL.toString('hex').repeat(3));
});

it('bytes that are no frame: another speed', async () => {
  const pty = newPty((line) => {
    line.write(Buffer.from('f8e00c7e', 'hex'));
  });
  expect(await ask(pty.path)).toMatchObject({ kind: 'unintelligible', port: pty.path });
});

it('a frame that is none of this meter', async () => {
  const pty = newPty((line) => {
    line.write(Buffer.concat([FRAME.subarray(0, 50), FRAME.subarray(60)]));
  });
  const outcome = await ask(pty.path);
  expect(outcome.kind).toBe('unintelligible');
});

it('a port that is held, and one that is not there', async () => {
  const pty = newPty(() => undefined);
  const [first, second] = await Promise.all([ask(pty.path), ask(pty.path)]);
  expect([first.kind, second.kind].sort()).toEqual(['no_link', 'silent']);
  expect([first, second]).toContainEqual(expect.objectContaining({ code: 'port_busy' }));
  expect(await ask('/dev/none')).toMatchObject({ kind: 'no_link', code: 'port_missing' });
});

it('an unplug in the middle of it', async () => {
  const pty = newPty((line) => {
    line.unplug();
  });
  expect(await ask(pty.path)).toMatchObject({ kind: 'no_link', code: 'link_lost' });
});

it('the port is free again afterwards, and an interrupt ends it', async () => {
  const pty = newPty(() => undefined);
  const interrupt = new AbortController();
  const asking = ask(pty.path, interrupt.signal);
  setTimeout(() => {
    interrupt.abort();
  }, 20);
  await expect(asking).rejects.toThrow();
  expect((await ask(pty.path)).kind).toBe('silent');
});
