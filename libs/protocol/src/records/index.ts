export {
  decodeLine,
  encodeRecord,
  type LineFault,
  type LineRefusal,
  type LineResult,
} from './line-codec.js';
export { newSessionId } from './session-id.js';
export * from './types.js';
export { CIVIL_TIME_LENGTH, civilSecondsAt } from './civil-time.js';
export { readHex } from './hex.js';
export {
  bytesOf,
  isMeasurement,
  lengthOf,
  NUMBER,
  NUMBERS,
  partOf,
  PLACE,
  PLACES,
  seqOf,
  sessionPlace,
  type LineTable,
} from './line-table.js';
export { sameBytes } from './same-bytes.js';
export { LineScanner } from './scan-lines.js';
export { textAt } from './text-at.js';
