export { importPredecessor, type ImportOptions } from './import-predecessor.js';
export type { ImportSummary } from './import-summary.js';
