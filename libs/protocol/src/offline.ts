/**
 * All but the stream, for what talks to nobody: a recovery, the thread of a database. ZeroMQ is not loaded with it,
 * and how soon a process is back after its death is mostly what it has to load.
 */
export * from './cx505/index.js';
export * from './errors.js';
export * from './ports.js';
export * from './records/index.js';
