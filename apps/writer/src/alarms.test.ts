import { afterEach, expect, test, vi } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import { Health } from '@elmetron/runtime';
import { Alarms } from './alarms.js';

afterEach(() => {
  vi.useRealTimers();
});

test('an alarm is seen for an hour after the last time, and goes by itself', () => {
  const time = { ms: 0 };
  const clock = { now: () => time.ms, monotonic: () => time.ms };
  const logged: string[] = [];
  const note = (_fields: object, message: string): number => logged.push(message);
  const health = new Health({ clock, log: { ...silentLog, error: note, warn: note, info: note } });
  const alarms = new Alarms({ health, clock });
  alarms.raise('record_conflict', 'number 7');
  time.ms += 3_000_000;
  alarms.look();
  alarms.raise('record_conflict', 'number 8');
  time.ms += 3_000_000;
  alarms.look();
  expect(health.reasons).toMatchObject([{ code: 'record_conflict', message: 'number 8' }]);
  expect(health.status).toBe('critical');
  time.ms += 600_000;
  alarms.look();
  expect(health.status).toBe('ok');
  expect(logged).toEqual(['number 7', 'over: number 8']);
});

test('that it has been seen for long enough is noticed without waking the writer all the time', () => {
  vi.useFakeTimers();
  let looks = 0;
  const clock = { now: Date.now, monotonic: () => (looks++, performance.now()) };
  const health = new Health({ clock: { ...clock, monotonic: Date.now }, log: silentLog });
  const alarms = new Alarms({ health, clock });
  alarms.start();
  alarms.raise('numbers_missing', 'number 7');
  vi.advanceTimersByTime(3_599_000);
  expect(health.status).not.toBe('ok');
  vi.advanceTimersByTime(61_000);
  expect(health.status).toBe('ok');
  expect(looks).toBeLessThan(100);
  alarms.stop();
  expect(vi.getTimerCount()).toBe(0);
});
