export { Complaints, type ComplaintLimits } from './complaints.js';
export { LiveFeed, type LiveFeedOptions } from './live-feed.js';
export { LiveListener, type LiveListenerOptions, type LiveRecord } from './live-listener.js';
export {
  decodeConsumerMessage,
  decodeSourceMessage,
  encodeMessage,
  MAX_WINDOW,
  STREAM_VERSION,
  type BatchHeader,
  type ConsumerMessage,
  type MessageResult,
  type RefusalCode,
  type SourceMessage,
} from './messages.js';
export { PeerMemory } from './peer-memory.js';
export { Pulse } from './pulse.js';
export type { ReceiverCounters } from './receiver-counters.js';
export type { SenderCounters } from './sender-counters.js';
export { StreamClient, type StreamClientOptions } from './stream-client.js';
export type * from './stream-handler.js';
export {
  StreamReceiver,
  type ReceiverOutgoing,
  type StreamReceiverOptions,
} from './stream-receiver.js';
export {
  StreamSender,
  type ConsumerStatus,
  type SenderOutgoing,
  type StreamSenderOptions,
} from './stream-sender.js';
export { StreamServer, type StreamServerOptions } from './stream-server.js';
export type * from './stream-source.js';
export { PULSE_MS } from './tick.js';
