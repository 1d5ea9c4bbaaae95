export { openLockedStores } from './locked-stores.js';
export { openSqliteStore, type SqliteStoreOptions } from './sqlite-store.js';
export { openStores, type StoresOptions } from './stores.js';
export { openStoreThread, storeThreadEntry, type StoreThreadOptions } from './open-store-thread.js';
export type * from './store.js';
