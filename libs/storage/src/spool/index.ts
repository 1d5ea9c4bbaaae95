/** Acquisition's part of this library, to be imported by itself: it needs neither the store nor recovery. */
export { StorageError } from '../errors.js';
export type { SpoolHole } from './record-index.js';
export { nodeSpoolFiles, type SpoolFiles } from './spool-files.js';
export type { ReadLimit, SpoolSession } from './spool-session.js';
export { Spool, type SpoolDamage, type SpoolOptions } from './spool.js';
