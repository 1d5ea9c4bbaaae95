export * from './generated-lines.js';
export * from './generated-source.js';
