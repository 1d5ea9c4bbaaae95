export type { SpoolHole } from './record-index.js';
export { nodeSpoolFiles, type SpoolFiles } from './spool-files.js';
export type { ReadLimit, SpoolSession } from './spool-session.js';
export { Spool, type SpoolDamage, type SpoolOptions } from './spool.js';
