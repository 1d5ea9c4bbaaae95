export * from './raw-connection.js';
export * from './stream-peer.js';
export * from './zmtp.js';
export * from './made-records.js';
