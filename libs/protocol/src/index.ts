export * from './cx505/index.js';
export * from './errors.js';
export * from './ports.js';
export * from './records/index.js';
export * from './stream/index.js';
