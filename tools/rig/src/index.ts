export * from './account.js';
export * from './bench.js';
export * from './database.js';
export * from './eventually.js';
export * from './free-ports.js';
export * from './run.js';
