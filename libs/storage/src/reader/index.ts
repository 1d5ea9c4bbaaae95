export type { Curve, CurveRequest, RecentCurve, SeriesOfUnit, TimeExtent } from './curve/curve.js';
export type { ReadingRange } from './reading-pages.js';
export type { RecoveredStretch } from './recovered-stretches.js';
export type {
  LoggedAnnotation,
  LoggedEvent,
  LoggedReading,
  LoggedSession,
  UnitStatistics,
  UnitSummary,
} from './rows.js';
export type { SessionFilter, SessionPlace } from './session-filter.js';
export type { SessionStatistics } from './session-statistics.js';
export { StoreReader } from './store-reader.js';
export {
  openReaderThread,
  ReaderThread,
  readerThreadEntry,
  type ReaderThreadOptions,
} from './thread/open-reader-thread.js';
