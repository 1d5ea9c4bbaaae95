import { silentLog } from '@elmetron/protocol';
import { Health } from '@elmetron/runtime';
import { expect, test } from 'vitest';
import { OwnedTime } from '../testing/owned-time.js';
import { ConsumerWatch } from './consumer-watch.js';

test('a consumer that is away for long is said once, and so is its return', async () => {
  const time = new OwnedTime();
  const health = new Health({ clock: time, log: silentLog });
  const consumers = [
    { consumer: 'writer', connected: true },
    { consumer: 'archive', connected: false },
  ];
  const logged: string[] = [];
  const note = (_fields: object, message: string): number => logged.push(message);
  const watch = new ConsumerWatch({
    consumers: () => consumers,
    unacknowledged: () => ({ writer: 0, archive: 12 }),
    clock: time,
    health,
    log: { ...silentLog, warn: note, info: note },
  });
  const wait = async (seconds: number): Promise<void> => {
    for (let n = 0; n < seconds; n++) {
      watch.pulse();
      await time.advance(1000);
    }
  };
  await wait(10);
  expect(health.reasons).toEqual([]);
  await wait(100);
  expect(health.reasons.map(({ code }) => code)).toEqual(['consumer_away']);
  expect(logged).toHaveLength(1);
  expect(logged[0]).toContain('12');
  consumers[1] = { consumer: 'archive', connected: true };
  await wait(1);
  expect(health.reasons).toEqual([]);
  expect(logged).toHaveLength(2);
});
