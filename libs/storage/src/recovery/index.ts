export type { BeyondReach, LostRange } from './database/beyond-reach.js';
export { owedRebuild } from './database/owed-rebuild.js';
export type { DatabaseReport } from './database/repair-database.js';
export { preflight, type PreflightOptions, type PreflightSummary } from './preflight.js';
export { rebuild, type RebuildOptions } from './rebuild.js';
export { rebuildInto, type RebuildIntoOptions, type RebuildIntoSummary } from './rebuild-into.js';
export { recoverBuffers, type RecoverBuffersOptions } from './recover-buffers.js';
export type { RecoveryOptions } from './recovery-context.js';
export type {
  BufferStatus,
  BufferSummary,
  RecoveryProgress,
  RecoverySummary,
  SequenceRange,
} from './summary.js';
