export type {
  LoggedAnnotation,
  LoggedEvent,
  LoggedReading,
  LoggedSession,
  UnitSummary,
} from './rows.js';
export type { SessionFilter } from './session-filter.js';
export { StoreReader, type ReadingRange } from './store-reader.js';
