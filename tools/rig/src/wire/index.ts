export * from './relay.js';
export { ZmtpError, ZmtpReader } from './zmtp-frames.js';
