import { silentLog } from '@elmetron/protocol';
import { Health } from '@elmetron/runtime';
import { expect, test } from 'vitest';
import { OwnedTime, settle } from '@elmetron/link/testing';
import { HookQueue } from './hook-queue.js';
import type { AlarmNotice, Hook } from './notice.js';

function notice(n: number): AlarmNotice {
  const nobody = { session: null, model: null, serial: null, emulated: null };
  return { event: 'entered', message: `alarm ${n}`, at: '', source: 'bench-1', ...nobody };
}

function queue(hook: Hook | undefined) {
  const time = new OwnedTime();
  const health = new Health({ clock: time, log: silentLog });
  const warned: string[] = [];
  const log = { ...silentLog, warn: (_: object, message: string) => warned.push(message) };
  const settings = { hook, timeoutMs: 10_000 };
  const calls = new HookQueue({ clock: time, timers: time, health, log }, settings);
  const reasons = () => health.reasons.map(({ code }) => code);
  return { time, calls, warned, reasons };
}

/** A hook that the test answers. */
function heldHook() {
  const told: string[] = [];
  const signals: AbortSignal[] = [];
  let end: (failure?: Error) => void = () => undefined;
  const hook: Hook = ({ message }, signal) => {
    told.push(message);
    signals.push(signal);
    return new Promise((resolve, reject) => {
      end = (failure) => {
        if (failure === undefined) resolve();
        else reject(failure);
      };
    });
  };
  return { hook, told, signals, end: (failure?: Error) => (end(failure), settle()) };
}

test('one after another, in their order', async () => {
  const { hook, told, end } = heldHook();
  const { calls } = queue(hook);
  calls.tell(notice(1));
  calls.tell(notice(2));
  expect(told).toEqual(['alarm 1']);
  expect(calls.waiting).toBe(1);
  await end();
  expect(told).toEqual(['alarm 1', 'alarm 2']);
  await end();
  expect(calls.counters).toEqual({ told: 2, failed: 0, dropped: 0 });
});

test('one that hangs is given up, tried again twice, and then counted', async () => {
  const { hook, told, signals, end } = heldHook();
  const { calls, time, warned, reasons } = queue(hook);
  calls.tell(notice(1));
  await time.advance(10_000);
  expect(signals[0]?.aborted).toBe(true);
  await time.advance(1000 + 10_000 + 5000);
  expect(told).toHaveLength(3);
  expect(reasons()).toEqual([]);
  await time.advance(10_000);
  expect(calls.counters).toEqual({ told: 0, failed: 1, dropped: 0 });
  expect(reasons()).toEqual(['alarm_hook_failing']);
  expect(warned).toEqual(['an alarm could not be told to the hook: no end within 10 s']);
  calls.tell(notice(2));
  await end();
  expect(reasons()).toEqual([]);
  expect(time.waiting).toBe(0);
});

test('one that fails at first is told all the same', async () => {
  const { hook, told, end } = heldHook();
  const { calls, time, warned } = queue(hook);
  calls.tell(notice(1));
  await end(new Error('no route'));
  await time.advance(1000);
  await end();
  expect(told).toHaveLength(2);
  expect([calls.counters, warned]).toEqual([{ told: 1, failed: 0, dropped: 0 }, []]);
});

test('what waits is bounded: the oldest goes, counted and logged', async () => {
  const { hook, told, end } = heldHook();
  const { calls, warned } = queue(hook);
  for (let n = 0; n < 103; n++) calls.tell(notice(n));
  expect(calls.waiting).toBe(100);
  expect(calls.counters.dropped).toBe(2);
  expect(warned).toHaveLength(2);
  await end();
  expect(told).toEqual(['alarm 0', 'alarm 3']);
});

test('at the end what waits gets a moment, and no more', async () => {
  const { hook, signals } = heldHook();
  const { calls, time, warned } = queue(hook);
  calls.tell(notice(1));
  calls.tell(notice(2));
  const closed = calls.close();
  await time.advance(1000);
  await closed;
  expect(signals[0]?.aborted).toBe(true);
  expect(calls.counters).toEqual({ told: 0, failed: 1, dropped: 1 });
  expect(warned.at(-2)).toContain('the process ends');
});

test('at the end a pause before another attempt is not waited for', async () => {
  const { hook, told, end } = heldHook();
  const { calls, time } = queue(hook);
  calls.tell(notice(1));
  await end(new Error('no'));
  await time.advance(1000);
  await end(new Error('no'));
  const closed = calls.close();
  await time.advance(1000);
  await closed;
  expect(told).toHaveLength(2);
});

test('without a hook nothing waits; taken away, what waited is gone', async () => {
  const { calls } = queue(undefined);
  calls.tell(notice(1));
  expect(calls.waiting).toBe(0);
  await calls.close();

  const held = heldHook();
  const other = queue(held.hook);
  other.calls.tell(notice(1));
  other.calls.tell(notice(2));
  other.calls.use({ hook: undefined, timeoutMs: 10_000 });
  await held.end(new Error('no'));
  await other.time.advance(60_000);
  expect(held.told).toEqual(['alarm 1']);
});
