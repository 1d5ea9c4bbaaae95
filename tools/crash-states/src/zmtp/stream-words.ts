/** What of the stream a ZeroMQ message says: acknowledgements, and records on their way. */
import {
  decodeConsumerMessage,
  decodeLine,
  decodeSourceMessage,
  type SessionRecord,
} from '@elmetron/protocol';

export type StreamWord =
  | { readonly kind: 'ack'; readonly session: string; readonly seq: number }
  /** Records that left the process, in a batch or on the live feed. */
  | {
      readonly kind: 'records';
      readonly records: readonly Pick<SessionRecord, 'session' | 'seq'>[];
    };

/** Undefined for a message that says neither. */
export function readStreamWord(frames: readonly Buffer[]): StreamWord | undefined {
  const consumer = decodeConsumerMessage(frames);
  if (consumer.ok && consumer.message.type === 'ack') {
    const { session, seq } = consumer.message;
    return { kind: 'ack', session, seq };
  }
  const source = decodeSourceMessage(frames);
  if (source.ok && source.message.type === 'batch') {
    const { session, first, count } = source.message;
    const records = Array.from({ length: count }, (_, i) => ({ session, seq: first + i }));
    return { kind: 'records', records };
  }
  const [, body] = frames;
  const line = frames.length === 2 && body !== undefined ? decodeLine(body) : undefined;
  return line?.ok === true ? { kind: 'records', records: [line.record] } : undefined;
}
