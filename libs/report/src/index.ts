export * from './databases.js';
export * from './disk/index.js';
export * from './errors.js';
export * from './export/index.js';
export * from './health/index.js';
export * from './quantities.js';
export * from './status/index.js';
export * from './time/index.js';
