import { expect, test } from 'vitest';
import { Rate } from './rate.js';

test('readings per second over the last ten seconds', () => {
  const rate = new Rate();
  expect(rate.perSecond).toBe(0);
  let readings = 0;
  for (let second = 0; second < 5; second++) rate.pulse((readings += 80));
  expect(rate.perSecond).toBe(80);
  for (let second = 0; second < 10; second++) rate.pulse((readings += 1));
  expect(rate.perSecond).toBe(1);
});
