import { silentLog } from '@elmetron/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { takeServiceEnvironment } from './service-manager.js';
import { Watchdog } from './watchdog.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watchdog(prove: () => void | Promise<void>) {
  const said: string[] = [];
  const complaints: string[] = [];
  const dog = new Watchdog({
    withinMs: 3000,
    prove,
    notify: (state) => {
      said.push(state);
      return Promise.resolve();
    },
    log: { ...silentLog, error: (_, message) => complaints.push(message) },
  });
  return { dog, said, complaints };
}

test('is fed three times within its time, after a proof each', async () => {
  let proofs = 0;
  const { said, complaints } = watchdog(() => {
    proofs++;
  });
  await vi.advanceTimersByTimeAsync(3000);
  expect([proofs, said, complaints]).toEqual([3, Array(3).fill('WATCHDOG=1'), []]);
});

test('is not fed while the proof does not come; said once', async () => {
  const { said, complaints } = watchdog(() => new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(9000);
  expect(said).toEqual([]);
  expect(complaints).toHaveLength(1);
});

test('is not fed while the proof fails, and again when it does not', async () => {
  let broken = true;
  const { said, complaints } = watchdog(() => {
    if (broken) throw new Error('the store does not answer');
  });
  await vi.advanceTimersByTimeAsync(2000);
  expect(said).toEqual([]);
  expect(complaints).toEqual([expect.stringContaining('the store does not answer')]);
  broken = false;
  await vi.advanceTimersByTimeAsync(1000);
  expect(said).toEqual(['WATCHDOG=1']);
});

test('is left alone once stopped', async () => {
  const { dog, said } = watchdog(() => undefined);
  dog.stop();
  await vi.advanceTimersByTimeAsync(9000);
  expect(said).toEqual([]);
});

test('the environment of systemd is taken, so that no child inherits it', () => {
  const env = { NOTIFY_SOCKET: '@x', WATCHDOG_USEC: '180000000', WATCHDOG_PID: '7', PATH: '/bin' };
  expect(takeServiceEnvironment(env, 7)).toEqual({ notifySocket: '@x', watchdogMs: 180_000 });
  expect(env).toEqual({ PATH: '/bin' });
});

test.each([
  [{ NOTIFY_SOCKET: '@x', WATCHDOG_USEC: '1000', WATCHDOG_PID: '8' }, undefined],
  [{ NOTIFY_SOCKET: '@x', WATCHDOG_USEC: 'x' }, undefined],
  [{ NOTIFY_SOCKET: '@x' }, undefined],
  [{ NOTIFY_SOCKET: '@x', WATCHDOG_USEC: '1000' }, 1],
])('%j is meant for this process: %s', (env, watchdogMs) => {
  expect(takeServiceEnvironment(env, 7)).toEqual({ notifySocket: '@x', watchdogMs });
});

test.each([{}, { NOTIFY_SOCKET: '' }, { WATCHDOG_USEC: '1000' }])(
  'without a socket there is nobody to tell: %j',
  (env) => {
    expect(takeServiceEnvironment(env, 7)).toBeUndefined();
  },
);
