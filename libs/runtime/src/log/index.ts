export { LineOutput, type LineOutputParts } from './line-output.js';
export { createLog, type LogOptions, type ProcessLog } from './log.js';
