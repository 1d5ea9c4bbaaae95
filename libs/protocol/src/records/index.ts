export {
  decodeLine,
  encodeRecord,
  inspectLine,
  type LineFault,
  type LineInspection,
  type LineRefusal,
  type LineResult,
} from './line-codec.js';
export { newSessionId } from './session-id.js';
export * from './types.js';
