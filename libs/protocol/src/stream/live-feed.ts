/**
 * The live feed: every record for anyone who listens, on a ZeroMQ PUB socket (topic = source name,
 * body = the record's line). Lossy by design: it must never hold up a record, so a subscriber who
 * reads too slowly misses some, without anyone being told.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Publisher } from 'zeromq';
import type { Log } from '../ports.js';
import { checkEndpoint, endpointError } from './endpoint.js';
import { messagePart } from './message-part.js';
import { PeerMemory } from './peer-memory.js';

export interface LiveFeedOptions {
  readonly endpoint: string;
  readonly source: string;
  readonly log: Log;
  /** Records that wait for one subscriber, at most; the rest it does not get. */
  readonly highWaterMark?: number;
  /** Shared with the other sockets of the process; one of its own unless given. */
  readonly memory?: PeerMemory;
}

/** Every 20 ms: some other program would have to take the port in the meantime. */
const BIND_TRIES = 500;

export class LiveFeed {
  readonly endpoint: string;
  /** `dropped`: refused by the socket; what slow subscribers miss is known to nobody. */
  readonly counters = { published: 0, dropped: 0, overfull: 0 };
  #socket: Publisher;
  readonly #options: LiveFeedOptions;
  readonly #unwatch: () => void;
  #closed = false;
  readonly #topic: Buffer;
  readonly #log: Log;

  /** Throws ProtocolError `endpoint_busy` or `endpoint_invalid`. */
  static async bind(options: LiveFeedOptions): Promise<LiveFeed> {
    checkEndpoint(options.endpoint, 'bind');
    return new LiveFeed(await bound(options), options);
  }

  private constructor(socket: Publisher, options: LiveFeedOptions) {
    this.#socket = socket;
    this.endpoint = socket.lastEndpoint ?? options.endpoint;
    this.#topic = Buffer.from(options.source);
    this.#log = options.log;
    this.#options = options;
    const { memory = new PeerMemory() } = options;
    this.#unwatch = memory.watch(() => this.#letGo());
  }

  /** Never waits and never throws. `line` must not be changed afterwards. */
  publish(line: Buffer): void {
    this.#send(line).then(
      () => (this.counters.published += 1),
      (error: unknown) => this.#dropped(error),
    );
  }

  close(): void {
    this.#closed = true;
    this.#unwatch();
    this.#socket.close();
  }

  /** Every listener has to come anew; their clients do that by themselves. */
  #letGo(): void {
    // It is being bound anew: a second try would find the port taken by the first.
    if (this.#socket.closed) return;
    this.counters.overfull += 1;
    this.#log.warn(
      {},
      'Listeners of the live feed take too much memory: all of them are let go of',
    );
    this.#socket.close();
    this.#bindAgain().catch((error: unknown) => {
      this.#log.error({ err: error }, 'The live feed has ended; it comes back with the next start');
    });
  }

  /** The port is free again a moment after the old socket has been closed. */
  async #bindAgain(): Promise<void> {
    for (let tries = 1; !this.#closed; tries += 1) {
      try {
        const socket = await bound({ ...this.#options, endpoint: this.endpoint });
        if (this.#isClosed()) socket.close();
        else this.#socket = socket;
        return;
      } catch (error) {
        if (tries === BIND_TRIES) throw error;
        await delay(20);
      }
    }
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  async #send(line: Buffer): Promise<void> {
    await this.#socket.send([this.#topic, messagePart(line)]);
  }

  #dropped(error: unknown): void {
    if (this.counters.dropped === 0)
      this.#log.warn({ err: error }, 'The live feed dropped a record');
    this.counters.dropped += 1;
  }
}

async function bound({ endpoint, highWaterMark = 1000 }: LiveFeedOptions): Promise<Publisher> {
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
  return socket;
}
