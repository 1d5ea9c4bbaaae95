export { askProcesses, lookAtStatus, statusOf, type ProcessAnswers } from './look-at-status.js';
export type { Status } from './status.js';
