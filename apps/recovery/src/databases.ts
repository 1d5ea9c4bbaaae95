/** The databases that recovery fills, each opened when the first record comes for it. */
import type { Log } from '@elmetron/protocol';
import type { AppConfig } from '@elmetron/runtime';
import {
  openLockedStores,
  openStoreThread,
  storeThreadEntry,
  type Store,
  type Stores,
} from '@elmetron/storage';

/** So long one call waits for another program's lock; recovery itself tries for longer. */
const BUSY_TIMEOUT_MS = 1_000;

export function openDatabases(storage: AppConfig['storage'], log: Log): Stores {
  return openLockedStores({
    databasePath: storage.database_path,
    demoDatabasePath: storage.demo_database_path,
    open: openDatabase(log),
  });
}

/** For one whose lock the caller holds. In a thread: the next batch is read while one is committed. */
export function openDatabase(log: Log): (path: string) => Promise<Store> {
  return (path) =>
    openStoreThread({ path, busyTimeoutMs: BUSY_TIMEOUT_MS, entry: storeThreadEntry, log });
}
