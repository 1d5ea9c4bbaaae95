export * from './call-counts.js';
export * from './failing-calls.js';
export * from './large-buffer.js';
export * from './machine.js';
export * from './open-files.js';
export * from './owned-clock.js';
export * from './read-only.js';
export * from './small-disk.js';
