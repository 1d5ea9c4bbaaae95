import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { SendLoop, type SendOutcome } from './send-loop.js';

function loopOver(messages: number[], send: (message: number) => Promise<void>) {
  const settled: [number, SendOutcome][] = [];
  const failures: unknown[] = [];
  const loop = new SendLoop<number>({
    next: () => messages.shift(),
    send,
    settled: (message, outcome) => settled.push([message, outcome]),
    failed: (error) => failures.push(error),
  });
  return { loop, settled, failures };
}

function errorWith(code: string): Error {
  return Object.assign(new Error(code), { code });
}

it('sends one message at a time, in order, however often it is woken', async () => {
  let underWay = 0;
  let most = 0;
  const { loop, settled } = loopOver([1, 2, 3, 4], async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await nextTurn();
    underWay -= 1;
  });
  loop.wake();
  loop.wake();
  await Promise.all([loop.flush(), loop.flush()]);
  loop.wake();
  await nextTurn();
  expect(most).toBe(1);
  expect(settled.map(([message]) => message)).toEqual([1, 2, 3, 4]);
});

it('tells a full queue from a peer that is gone, and goes on', async () => {
  const { loop, settled } = loopOver([1, 2, 3, 4], async (message) => {
    if (message === 1) throw errorWith('EAGAIN');
    if (message === 2) throw errorWith('EHOSTUNREACH');
    if (message === 3) throw errorWith('EBADF');
  });
  await loop.flush();
  expect(settled).toEqual([
    [1, 'full'],
    [2, 'gone'],
    [3, 'gone'],
    [4, 'queued'],
  ]);
});

it('reports what nothing known throws', async () => {
  const { loop, failures } = loopOver([1], async () => {
    throw errorWith('EFAULT');
  });
  loop.wake();
  await nextTurn();
  await nextTurn();
  expect(failures).toHaveLength(1);
});

it('sends nothing after it was stopped', async () => {
  const { loop, settled } = loopOver([1, 2, 3], async () => {
    loop.stop();
  });
  await loop.flush();
  loop.wake();
  await nextTurn();
  await loop.flush();
  expect(settled).toEqual([[1, 'queued']]);
});

it('lets timers have their turn while there is no end to sending', async () => {
  let sent = 0;
  let fired = false;
  const { loop } = loopOver([], async () => undefined);
  const endless = new SendLoop<number>({
    next: () => (fired ? undefined : (sent += 1)),
    send: async () => undefined,
    settled: () => undefined,
    failed: () => undefined,
  });
  setTimeout(() => (fired = true), 5);
  await endless.flush();
  await loop.flush();
  expect(fired).toBe(true);
  // After every 64 of them, however long those took.
  expect(sent % 64).toBe(0);
});
