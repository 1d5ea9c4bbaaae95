import { silentLog } from '@elmetron/protocol';
import { Health } from '@elmetron/runtime';
import { StorageError } from '@elmetron/storage';
import { expect, test } from 'vitest';
import { OwnedTime } from '@elmetron/link/testing';
import { SpoolSync } from './spool-sync.js';

function setup() {
  const time = new OwnedTime();
  const health = new Health({ clock: time, log: silentLog });
  const synced: number[] = [];
  const session = {
    oldestUnsyncedAt: undefined as number | undefined,
    sync: (): Promise<void> => {
      synced.push(time.monotonic());
      session.oldestUnsyncedAt = undefined;
      return Promise.resolve();
    },
  };
  const sync = new SpoolSync({
    spool: { sessions: () => [session] },
    afterMs: 2000,
    clock: time,
    timers: time,
    health,
  });
  const append = (): void => {
    session.oldestUnsyncedAt ??= time.monotonic();
    sync.appended();
  };
  return { time, health, session, synced, sync, append };
}

test('what has waited long enough is synced, soon after; what was released is not', async () => {
  const { time, session, synced, sync, append } = setup();
  append();
  await time.advance(1900);
  session.oldestUnsyncedAt = undefined;
  append();
  await time.advance(5000);
  expect(synced).toHaveLength(1);
  expect(synced[0]).toBeGreaterThanOrEqual(3900);
  expect(synced[0]).toBeLessThanOrEqual(4100);
  await sync.stop();
});

test('a sync that fails is a health state, tried again', async () => {
  const { time, health, session, sync, append } = setup();
  const { sync: works } = session;
  session.sync = () => Promise.reject(new StorageError('sync_failed', 'EIO'));
  append();
  await time.advance(3000);
  expect(health.reasons.map(({ code }) => code)).toEqual(['spool_sync_failed']);
  session.sync = works;
  await time.advance(1000);
  expect(health.reasons).toEqual([]);
  await sync.stop();
});

test('what was acknowledged meanwhile needs no sync any more', async () => {
  const { time, health, session, sync, append } = setup();
  session.sync = () => Promise.reject(new StorageError('sync_failed', 'EIO'));
  append();
  await time.advance(3000);
  session.oldestUnsyncedAt = undefined;
  await time.advance(1000);
  expect(health.reasons).toEqual([]);
  await sync.stop();
});

test('stop waits for a sync under way, and nothing is synced after it', async () => {
  const { time, session, synced, sync, append } = setup();
  let done = (): void => undefined;
  session.sync = () =>
    new Promise((resolve) => {
      done = resolve;
    });
  append();
  await time.advance(3000);
  let stopped = false;
  const stop = sync.stop().then(() => {
    stopped = true;
  });
  await time.advance(1000);
  expect(stopped).toBe(false);
  done();
  await stop;
  expect(synced).toEqual([]);
});

test('what came while a sync ran, and what an earlier life left, is synced as well', async () => {
  const { time, session, synced, sync, append } = setup();
  const { sync: works } = session;
  let done = (): void => undefined;
  session.sync = async () => {
    await new Promise<void>((resolve) => {
      done = resolve;
    });
    session.oldestUnsyncedAt = time.monotonic();
    sync.appended();
    session.sync = works;
  };
  append();
  await time.advance(3000);
  done();
  await time.advance(2500);
  expect(synced).toEqual([5000]);
  session.oldestUnsyncedAt = time.monotonic();
  const next = new SpoolSync({
    spool: { sessions: () => [session] },
    afterMs: 2000,
    clock: time,
    timers: time,
    health: new Health({ clock: time, log: silentLog }),
  });
  await time.advance(2000);
  expect(synced).toEqual([5000, 7500]);
  await next.stop();
  await sync.stop();
});

test('nothing waits, and nothing is looked at', async () => {
  const { time, session, sync, append } = setup();
  append();
  session.oldestUnsyncedAt = undefined;
  await time.advance(2000);
  expect(time.waiting).toBe(0);
  append();
  expect(time.waiting).toBe(1);
  await sync.stop();
});
