export {
  verifyCapture,
  type VerifiedDatabase,
  type VerifiedFile,
  type VerifyOptions,
  type VerifyReport,
} from './verify-capture.js';
