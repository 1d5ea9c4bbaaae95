export * from './config/index.js';
export * from './errors.js';
export * from './health/index.js';
export * from './lifecycle/index.js';
export * from './log/index.js';
