export { copyDatabase, type CopiedDatabase, type CopyOptions } from './copy-database.js';
export type { RowCounts } from './row-counts.js';
