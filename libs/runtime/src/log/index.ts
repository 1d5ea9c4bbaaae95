export { createLog, type LogOptions, type ProcessLog } from './log.js';
