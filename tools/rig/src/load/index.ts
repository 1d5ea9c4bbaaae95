export * from './generated-lines.js';
export * from './generated-source.js';
export * from './multiply-session.js';
export * from './store-session.js';
