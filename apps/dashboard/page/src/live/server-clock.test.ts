import { expect, test } from 'vitest';
import { ServerClock } from './server-clock.js';

test('the word that was least late on its way counts', () => {
  const clock = new ServerClock();
  clock.heard(1_000_000, 400);
  clock.heard(1_004_000, 4050);
  clock.heard(1_008_000, 8900);
  expect(clock.at(10_000)).toBe(1_009_950);
});

test('a clock that was set is followed at once, in either direction', () => {
  const clock = new ServerClock();
  for (let now = 0; now < 40_000; now += 4000) clock.heard(7_200_000 + now, now);
  clock.heard(3_600_000, 40_000);
  expect(clock.at(40_000)).toBe(3_600_000);
  clock.heard(9_000_000, 44_000);
  expect(clock.at(44_000)).toBe(9_000_000);
});
