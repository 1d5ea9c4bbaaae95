export { decodeLine, encodeRecord, type LineFault, type LineResult } from './line-codec.js';
export { newSessionId } from './session-id.js';
export * from './types.js';
