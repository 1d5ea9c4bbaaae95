export { checkDatabase, type CheckOptions, type DatabaseState } from './examine/check-database.js';
export { openLockedStores } from './locked-stores.js';
export { openSqliteStore, type SqliteStoreOptions } from './sqlite-store.js';
export { openStores, type StoresOptions } from './stores.js';
export { openStoreThread, storeThreadEntry, type StoreThreadOptions } from './open-store-thread.js';
export type * from './store.js';
export {
  extentsOf,
  missingIn,
  type Extents,
  type Missing,
  type MissingRange,
  RangeGatherer,
  type SessionRange,
} from './examine/compare-databases.js';
export { ComparingStore, type Compared, type Miscounted } from './examine/comparing-store.js';
export { DatabaseReader, isDamagedPlace, type SessionExtent } from './examine/database-reader.js';
export { salvagedMeasurements, type SalvagedMeasurement } from './examine/salvaged-measurements.js';
export { salvagedAnnotations } from './examine/salvaged-annotations.js';
export {
  otherNumbers,
  salvagedEvents,
  salvagedRecords,
  type SalvagedRecord,
} from './examine/salvaged-records.js';
