/**
 * Listens to a live feed (see `live-feed.ts`). Lossy by design: what comes while nobody listens, or faster than
 * it is taken, is gone, and nobody says so.
 */
import { Subscriber } from 'zeromq';
import { decodeLine } from '../records/line-codec.js';
import type { SessionRecord } from '../records/types.js';
import { checkEndpoint, endpointError } from './endpoint.js';

export interface LiveListenerOptions {
  readonly endpoint: string;
  /** Records that wait to be taken, at most. */
  readonly highWaterMark?: number;
}

export interface LiveRecord {
  readonly source: string;
  /** The bytes as they were sent. */
  readonly line: Buffer;
  readonly record: SessionRecord;
}

export class LiveListener {
  /** Messages that were no record: of another program. */
  foreign = 0;
  readonly #socket: Subscriber;

  /** Connects now or, when nobody is there, as soon as somebody is. Throws ProtocolError `endpoint_invalid`. */
  constructor({ endpoint, highWaterMark = 1000 }: LiveListenerOptions) {
    checkEndpoint(endpoint, 'connect');
    this.#socket = new Subscriber({
      receiveHighWaterMark: highWaterMark,
      linger: 0,
      ipv6: endpoint.includes('['),
    });
    try {
      this.#socket.connect(endpoint);
      this.#socket.subscribe();
    } catch (error) {
      this.#socket.close();
      throw endpointError(error, endpoint);
    }
  }

  /** Until it is closed. */
  async *records(): AsyncGenerator<LiveRecord> {
    for await (const [source, line] of this.#socket) {
      const result = line === undefined ? undefined : decodeLine(line);
      if (source === undefined || line === undefined || result?.ok !== true) this.foreign += 1;
      else yield { source: source.toString(), line, record: result.record };
    }
  }

  close(): void {
    this.#socket.close();
  }
}
