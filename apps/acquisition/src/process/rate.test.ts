import { expect, test } from 'vitest';
import { OwnedTime } from '@elmetron/link/testing';
import { Rate } from './rate.js';

test('readings per second over the last ten seconds, however often it is told', async () => {
  const time = new OwnedTime();
  const rate = new Rate(time);
  expect(rate.perSecond).toBe(0);
  let readings = 0;
  rate.pulse(readings);
  expect(rate.perSecond).toBe(0);
  for (let half = 0; half < 10; half++) {
    await time.advance(500);
    rate.pulse((readings += 40));
  }
  expect(rate.perSecond).toBe(80);
  for (let second = 0; second < 9; second++) {
    await time.advance(1000);
    rate.pulse((readings += 1));
  }
  expect(rate.perSecond).toBe(8.9);
  await time.advance(1000);
  rate.pulse((readings += 1));
  expect(rate.perSecond).toBe(1);
});
