export { importPredecessorBuffer, type ImportBufferOptions } from './import-buffer.js';
export { importPredecessor, type ImportOptions } from './import-predecessor.js';
export type { ImportSummary } from './import-summary.js';
