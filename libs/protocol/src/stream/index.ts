export type * from './stream-source.js';
