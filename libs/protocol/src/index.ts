export * from './offline.js';
export * from './stream/index.js';
