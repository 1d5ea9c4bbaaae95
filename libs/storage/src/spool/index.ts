export { Spool, type SpoolOptions } from './spool.js';
export type { SpoolHole, SpoolSession } from './spool-session.js';
