/**
 * Stores whose databases nobody moves aside while they are open: each is held by its shared lock
 * from before it is opened until after it is closed, and its directory is made to last before
 * anything lies in it.
 */
import { dirname } from 'node:path';
import { DatabaseLock, makeDurableDirectory } from '../buffer/index.js';
import type { Stores } from './store.js';
import { openStores, type StoresOptions } from './stores.js';

/** As `openStores`; `get` rejects also with `lock_held` (it is being replaced) and `buffer_unwritable`. */
export function openLockedStores(options: StoresOptions): Stores {
  const locks: DatabaseLock[] = [];
  const stores = openStores({
    ...options,
    open: async (path) => {
      await makeDurableDirectory(dirname(path));
      const lock = DatabaseLock.share(path);
      try {
        const store = await options.open(path);
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
