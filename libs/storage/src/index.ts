export * from './buffer/index.js';
export * from './errors.js';
export * from './recovery/index.js';
export * from './spool/index.js';
export * from './store/index.js';
