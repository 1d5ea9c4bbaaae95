export * from './annotations/index.js';
export * from './backup/index.js';
export * from './buffer/index.js';
export * from './errors.js';
export * from './import/index.js';
export * from './prune/index.js';
export * from './reader/index.js';
export * from './recovery/index.js';
export * from './spool/index.js';
export {
  openLockedStores,
  openSqliteStore,
  openStores,
  openStoreThread,
  storeThreadEntry,
  type SqliteStoreOptions,
  type StoresOptions,
  type StoreThreadOptions,
} from './store/index.js';
export type * from './store/store.js';
export * from './verify/index.js';
