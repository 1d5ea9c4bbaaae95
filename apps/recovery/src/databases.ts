/** The databases that recovery fills, each opened when the first record comes for it. */
import type { Clock, Log } from '@elmetron/protocol';
import type { AppConfig } from '@elmetron/runtime';
import { openLockedStores, openSqliteStore, type Store, type Stores } from '@elmetron/storage';

/** So long one call waits for another program's lock; recovery itself tries for longer. */
const BUSY_TIMEOUT_MS = 1_000;

export function openDatabases(storage: AppConfig['storage'], clock: Clock, log: Log): Stores {
  return openLockedStores({
    databasePath: storage.database_path,
    demoDatabasePath: storage.demo_database_path,
    open: openDatabase(clock, log),
  });
}

/** For one whose lock the caller holds. */
export function openDatabase(clock: Clock, log: Log): (path: string) => Promise<Store> {
  return async (path) => openSqliteStore({ path, busyTimeoutMs: BUSY_TIMEOUT_MS, clock, log });
}
