import { silentLog } from '@elmetron/protocol';
import { Health } from '@elmetron/runtime';
import { expect, test } from 'vitest';
import { OwnedTime } from '@elmetron/link/testing';
import { ConsumerWatch } from './consumer-watch.js';

function setup(...names: string[]) {
  const time = new OwnedTime();
  const logged: string[] = [];
  const note = (_fields: object, message: string): number => logged.push(message);
  const health = new Health({ clock: time, log: { ...silentLog, warn: note, info: note } });
  const consumers = names.map((consumer) => ({ consumer, connected: true }));
  const owed: Record<string, number> = {};
  const progress: Record<string, number> = {};
  const watch = new ConsumerWatch({
    consumers: () => consumers,
    unacknowledged: () => owed,
    progress: () => progress,
    clock: time,
    health,
  });
  const wait = async (seconds: number, each = (): void => undefined): Promise<void> => {
    for (let n = 0; n < seconds; n++) {
      each();
      watch.pulse();
      await time.advance(1000);
    }
  };
  const reasons = (): string[] => health.reasons.map(({ code, about = '' }) => `${code} ${about}`);
  return { consumers, owed, progress, logged, wait, reasons };
}

test('a consumer that is away for long is said once, and so is its return', async () => {
  const { consumers, owed, logged, wait, reasons } = setup('writer', 'archive');
  const [, archive] = consumers;
  archive!.connected = false;
  owed['archive'] = 12;
  await wait(10);
  expect(reasons()).toEqual([]);
  await wait(100);
  expect(reasons()).toEqual(['consumer_away archive']);
  expect(logged).toHaveLength(1);
  expect(logged[0]).toContain('12');
  archive!.connected = true;
  await wait(1);
  expect(reasons()).toEqual([]);
  expect(logged).toHaveLength(2);
});

test('a consumer that is there and acknowledges nothing is another state', async () => {
  const { consumers, owed, progress, logged, wait, reasons } = setup('writer');
  owed['writer'] = 5;
  // Slow is not stalled.
  await wait(60, () => (progress['writer'] = (progress['writer'] ?? 0) + 1));
  expect(reasons()).toEqual([]);
  await wait(60);
  expect(reasons()).toEqual(['consumer_stalled writer']);
  progress['writer'] = 1000;
  await wait(1);
  expect(reasons()).toEqual([]);
  expect(logged).toHaveLength(2);
  await wait(60);
  consumers[0]!.connected = false;
  await wait(20);
  expect(reasons()).toEqual(['consumer_away writer']);
});

test('who is owed nothing is not stalled', async () => {
  const { wait, reasons } = setup('writer');
  await wait(120);
  expect(reasons()).toEqual([]);
});
