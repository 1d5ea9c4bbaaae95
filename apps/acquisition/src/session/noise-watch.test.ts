import { silentLog } from '@elmetron/protocol';
import { Health } from '@elmetron/runtime';
import { expect, test } from 'vitest';
import { OwnedTime } from '@elmetron/link/testing';
import { NoiseWatch } from './noise-watch.js';

function setup() {
  const clock = new OwnedTime();
  const logged: string[] = [];
  const note = (_fields: object, message: string): number => logged.push(message);
  const health = new Health({ clock, log: { ...silentLog, warn: note, info: note } });
  const watch = new NoiseWatch({ health, clock });
  const wait = async (seconds: number): Promise<void> => {
    for (let n = 0; n < seconds; n++) {
      await clock.advance(1000);
      watch.pulse();
    }
  };
  return { health, logged, watch, wait };
}

test('a stray byte now and then is no noisy line', async () => {
  const { health, watch, wait } = setup();
  for (let n = 0; n < 100; n++) {
    watch.heard();
    await wait(2);
  }
  expect(health.reasons).toEqual([]);
});

test('a noisy line is said once, and that it is quiet again', async () => {
  const { health, logged, watch, wait } = setup();
  for (let n = 0; n < 60; n++) {
    watch.heard();
    watch.heard();
    await wait(1);
  }
  expect(health.has('line_noisy')).toBe(true);
  await wait(13);
  expect(health.has('line_noisy')).toBe(true);
  await wait(3);
  expect(health.has('line_noisy')).toBe(false);
  expect(logged).toHaveLength(2);
});

test('the noise goes with its link', () => {
  const { health, watch } = setup();
  for (let n = 0; n < 10; n++) watch.heard();
  expect(health.has('line_noisy')).toBe(true);
  watch.deaf();
  expect(health.reasons).toEqual([]);
});
