import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog, systemClock } from '@elmetron/protocol';
import { DatabaseLock } from '../buffer/index.js';
import { StorageError } from '../errors.js';
import { openLockedStores } from './locked-stores.js';
import { openSqliteStore } from './sqlite-store.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'locked-stores-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

const paths = () => ({
  databasePath: join(dir, 'new', 'real.sqlite'),
  demoDatabasePath: join(dir, 'new', 'demo.sqlite'),
});

test('a database cannot be replaced while it is open, and can be afterwards', async () => {
  const { databasePath, demoDatabasePath } = paths();
  const stores = openLockedStores({
    databasePath,
    demoDatabasePath,
    open: (path) =>
      Promise.resolve(
        openSqliteStore({ path, busyTimeoutMs: 100, clock: systemClock, log: silentLog }),
      ),
  });
  await stores.get(false);
  expect(() => DatabaseLock.acquireExclusive(databasePath)).toThrow(
    expect.objectContaining({ code: 'lock_held' }) as Error,
  );
  DatabaseLock.acquireExclusive(demoDatabasePath).release();
  await stores.close();
  DatabaseLock.acquireExclusive(databasePath).release();
});

test('a database that does not open is not held', async () => {
  const { databasePath, demoDatabasePath } = paths();
  const stores = openLockedStores({
    databasePath,
    demoDatabasePath,
    open: () => Promise.reject(new StorageError('store_damaged', 'broken')),
  });
  await expect(stores.get(false)).rejects.toMatchObject({ code: 'store_damaged' });
  DatabaseLock.acquireExclusive(databasePath).release();
  await stores.close();
});

test('a database that is being replaced is not opened', async () => {
  const { databasePath, demoDatabasePath } = paths();
  const unlocked = openLockedStores({
    databasePath,
    demoDatabasePath,
    open: () => Promise.reject(new Error('must not be reached')),
  });
  // The directory has to be there for the lock.
  await expect(unlocked.get(false)).rejects.toThrow('must not be reached');
  const replacing = DatabaseLock.acquireExclusive(databasePath);
  await expect(unlocked.get(false)).rejects.toMatchObject({ code: 'lock_held' });
  replacing.release();
});
