export { verifyCapture, type VerifyOptions } from './verify-capture.js';
export type * from './verify-report.js';
