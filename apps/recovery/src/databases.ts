/** The databases that recovery fills, each opened when the first record comes for it. */
import { dirname } from 'node:path';
import type { Clock, Log } from '@elmetron/protocol';
import type { AppConfig } from '@elmetron/runtime';
import {
  DatabaseLock,
  makeDurableDirectory,
  openSqliteStore,
  openStores,
  type Store,
  type Stores,
} from '@elmetron/storage';

/** So long one call waits for another program's lock; recovery itself tries for longer. */
const BUSY_TIMEOUT_MS = 1_000;

/** Shares each database's lock while it is open: nobody moves it aside meanwhile. */
export function openDatabases(storage: AppConfig['storage'], clock: Clock, log: Log): Stores {
  const locks: DatabaseLock[] = [];
  const stores = openStores({
    databasePath: storage.database_path,
    demoDatabasePath: storage.demo_database_path,
    open: async (path): Promise<Store> => {
      await makeDurableDirectory(dirname(path));
      const lock = DatabaseLock.share(path);
      try {
        const store = openSqliteStore({ path, busyTimeoutMs: BUSY_TIMEOUT_MS, clock, log });
        locks.push(lock);
        return store;
      } catch (error) {
        lock.release();
        throw error;
      }
    },
  });
  return {
    get: (emulated) => stores.get(emulated),
    close: async () => {
      await stores.close();
      for (const lock of locks.splice(0)) lock.release();
    },
  };
}
