/**
 * The live feed: every record for anyone who listens, on a ZeroMQ PUB socket (topic = source name,
 * body = the record's line). Lossy by design: it must never hold up a record, so a subscriber who
 * reads too slowly misses some, without anyone being told.
 */
import { Publisher } from 'zeromq';
import type { Log } from '../ports.js';
import { checkEndpoint, endpointError } from './endpoint.js';

export interface LiveFeedOptions {
  readonly endpoint: string;
  readonly source: string;
  readonly log: Log;
  /** Records that wait for one subscriber, at most; the rest it does not get. */
  readonly highWaterMark?: number;
}

export class LiveFeed {
  readonly endpoint: string;
  /** `dropped`: refused by the socket; what slow subscribers miss is known to nobody. */
  readonly counters = { published: 0, dropped: 0 };
  readonly #socket: Publisher;
  readonly #topic: Buffer;
  readonly #log: Log;

  /** Throws ProtocolError `endpoint_busy` or `endpoint_invalid`. */
  static async bind(options: LiveFeedOptions): Promise<LiveFeed> {
    const { endpoint, highWaterMark = 1000 } = options;
    checkEndpoint(endpoint, 'bind');
    const socket = new Publisher({
      // With 0 a send is over when it returns, so that two can never meet.
      sendTimeout: 0,
      sendHighWaterMark: highWaterMark,
      maxMessageSize: 1024,
      linger: 0,
      ipv6: endpoint.includes('['),
    });
    try {
      await socket.bind(endpoint);
    } catch (error) {
      socket.close();
      throw endpointError(error, endpoint);
    }
    return new LiveFeed(socket, options);
  }

  private constructor(socket: Publisher, options: LiveFeedOptions) {
    this.#socket = socket;
    this.endpoint = socket.lastEndpoint ?? options.endpoint;
    this.#topic = Buffer.from(options.source);
    this.#log = options.log;
  }

  /** Never waits and never throws. `line` must not be changed afterwards. */
  publish(line: Buffer): void {
    this.#send(line).then(
      () => (this.counters.published += 1),
      (error: unknown) => this.#dropped(error),
    );
  }

  close(): void {
    this.#socket.close();
  }

  async #send(line: Buffer): Promise<void> {
    await this.#socket.send([this.#topic, line]);
  }

  #dropped(error: unknown): void {
    if (this.counters.dropped === 0)
      this.#log.warn({ err: error }, 'The live feed dropped a record');
    this.counters.dropped += 1;
  }
}
