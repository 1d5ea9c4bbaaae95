import { expect, test } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import type { Store } from '@elmetron/storage';
import type { DatabaseLane } from './database-lane.js';
import type { Databases } from './databases.js';
import { Intake } from './intake.js';
import type { Journal } from './journal.js';
import { OpenSessions } from './open-sessions.js';
import { batch } from './testing/lines.js';

const OLD = '019a0000-0000-7000-8000-00000000000a';
const NEW = '019a0000-0000-7000-8000-00000000000b';

test('a session that began after the list was made is not closed by it', async () => {
  const told: (readonly string[])[] = [];
  const ended: string[] = [];
  let runTask: () => Promise<void> = () => Promise.resolve();
  const store = {
    reconcileSessions: (_: string, listed: readonly string[]) => {
      told.push(listed);
      return Promise.resolve([]);
    },
  } as Partial<Store> as Store;
  const lane = {
    afterEverythingPushed: (task: (store: Store) => Promise<void>) =>
      new Promise<void>((resolve) => {
        runTask = async () => {
          await task(store);
          resolve();
        };
      }),
  } as Partial<DatabaseLane> as DatabaseLane;
  const journal = {
    end: (session: string) => {
      ended.push(session);
      return Promise.resolve();
    },
  } as Partial<Journal> as Journal;
  const intake = new Intake({
    recordsPerSync: 100,
    deliver: () => undefined,
    hole: () => undefined,
  });
  const openSessions = new OpenSessions({
    intake,
    journal,
    databases: { lanes: [lane] } as Partial<Databases> as Databases,
    log: silentLog,
  });

  intake.take(batch(0, 0, OLD), () => undefined);
  openSessions.listed('bench-1', []);
  expect(ended).toEqual([OLD]);
  // The database is locked for a while; meanwhile a new session begins.
  await new Promise(setImmediate);
  intake.take(batch(0, 0, NEW), () => undefined);
  await runTask();
  expect(told).toEqual([[NEW]]);
});
