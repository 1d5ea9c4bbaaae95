import { silentLog } from '@elmetron/protocol';
import { Health } from '@elmetron/runtime';
import { expect, test } from 'vitest';
import { OwnedTime, settle } from '@elmetron/link/testing';
import { Live } from './live.js';
import { freeEndpoint } from '../testing/free-endpoint.js';

test('a busy endpoint costs nobody a reading: the feed comes when it is free', async () => {
  const time = new OwnedTime();
  const endpoint = await freeEndpoint();
  const parts = (health: Health) => ({
    endpoint,
    source: 'bench-1',
    timers: time,
    health,
    log: silentLog,
  });
  const [theirs, ours] = [0, 1].map(() => new Health({ clock: time, log: silentLog }));
  if (theirs === undefined || ours === undefined) throw new Error('unreachable');
  const other = await Live.start(parts(theirs));
  const live = await Live.start(parts(ours));
  live.publish(Buffer.from('nobody hears this'));
  expect(live.counters).toBeUndefined();
  expect(ours.reasons.map(({ code }) => code)).toEqual(['live_feed_down']);
  other.close();
  await expect
    .poll(async () => {
      await time.advance(5000);
      await settle();
      return live.counters;
    })
    .toBeDefined();
  expect(ours.reasons).toEqual([]);
  live.close();
});
