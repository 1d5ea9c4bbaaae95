/**
 * The source's end of the stream on a ZeroMQ ROUTER: moves messages and time between the socket and
 * the StreamSender, which decides everything.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Router } from 'zeromq';
import { checkEndpoint, endpointError } from './endpoint.js';
import { messagePart } from './message-part.js';
import { MAX_CONSUMER_MESSAGE_BYTES } from './messages.js';
import { SendLoop } from './send-loop.js';
import type { SenderCounters } from './sender-counters.js';
import { PeerMemory } from './peer-memory.js';
import { Pulse } from './pulse.js';
import { settlement } from './settlement.js';
import {
  StreamSender,
  type ConsumerStatus,
  type SenderOutgoing,
  type StreamSenderOptions,
} from './stream-sender.js';
import { tickMs } from './tick.js';

/**
 * Messages of one peer that wait to be looked at: any number, and PeerMemory bounds them. Where ZeroMQ stops
 * taking them, a ping behind them on a connection that is closed by then aborts the process (libzmq 4.3.5).
 */
const RECEIVED = 0;
/** Every 20 ms: some other program would have to take the port in the meantime. */
const BIND_TRIES = 500;

export interface StreamServerOptions extends StreamSenderOptions {
  /** `tcp://127.0.0.1:5701`; `tcp://127.0.0.1:*` takes any free port. */
  readonly endpoint: string;
  /** How long messages may still be sent after closing. */
  readonly lingerMs?: number;
  /** Messages that wait for one peer, at most, in each direction. */
  readonly highWaterMark?: number;
  /** Shared with the other sockets of the process; one of its own unless given. */
  readonly memory?: PeerMemory;
}

export class StreamServer {
  readonly endpoint: string;
  /** Resolves when the server is closed; rejects if its socket broke down, which nothing known does. */
  readonly closed: Promise<void>;
  #socket: Router;
  readonly #sender: StreamSender;
  readonly #loop: SendLoop<SenderOutgoing>;
  readonly #options: StreamServerOptions;
  readonly #pulse: Pulse;
  readonly #memory: PeerMemory;
  readonly #unwatch: () => void;
  #ended = false;
  readonly #settle: (error?: unknown) => void;

  /** Throws ProtocolError `endpoint_busy` or `endpoint_invalid`. */
  static async bind(options: StreamServerOptions): Promise<StreamServer> {
    checkEndpoint(options.endpoint, 'bind');
    return new StreamServer(await bound(options), options);
  }

  private constructor(socket: Router, options: StreamServerOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#memory = options.memory ?? new PeerMemory();
    this.#unwatch = this.#memory.watch(() => this.#letGo());
    this.endpoint = socket.lastEndpoint ?? options.endpoint;
    this.#sender = new StreamSender(options);
    const { promise, settle } = settlement();
    this.closed = promise;
    this.#settle = settle;
    this.#loop = new SendLoop({
      next: () => this.#sender.next(),
      send: (out) =>
        this.#socket.send([Buffer.from(out.peer, 'hex'), ...out.frames.map(messagePart)]),
      settled: (out, outcome) => this.#sender.settled(out, outcome),
      failed: (error) => this.#end(error),
    });
    this.#pulse = new Pulse(tickMs(options.heartbeatMs), () => {
      this.#sender.tick();
      this.#loop.wake();
    });
    this.#receive(socket).catch((error: unknown) => this.#end(error));
  }

  get counters(): Readonly<SenderCounters> {
    return this.#sender.counters;
  }

  consumers(): ConsumerStatus[] {
    return this.#sender.consumers();
  }

  /** New records can be read from the source. Costs next to nothing: call it for every record. */
  wake(): void {
    this.#loop.wake();
    this.#awake();
  }

  /** Waits until every consumer has acknowledged everything; false if `ms` passed before. */
  async drained(ms: number): Promise<boolean> {
    const { clock } = this.#options;
    const end = clock.monotonic() + ms;
    for (;;) {
      if (this.#sender.drained()) return true;
      const left = end - clock.monotonic();
      if (left <= 0 || this.#ended) return false;
      await delay(Math.min(10, left));
    }
  }

  /** Serves on until every consumer has everything, `drainMs` at most, then closes. */
  async close({ drainMs }: { drainMs: number }): Promise<void> {
    if (await this.drained(drainMs)) await this.#loop.flush();
    this.#end();
    await this.closed;
  }

  async #receive(socket: Router): Promise<void> {
    for await (const [peer, ...frames] of socket) {
      if (peer === undefined) continue;
      this.#sender.receive(peer.toString('hex'), frames);
      this.#loop.wake();
      this.#awake();
    }
  }

  /** What is to be done every so often costs least now. */
  #awake(): void {
    this.#pulse.awake();
    this.#memory.awake();
  }

  /** Closes every connection, with all that waits on them; honest peers are back within a second. */
  #letGo(): void {
    if (this.#socket.closed) return;
    this.#sender.overfull();
    this.#socket.linger = 0;
    this.#socket.close();
    this.#bindAgain().catch((error: unknown) => this.#end(error));
  }

  async #bindAgain(): Promise<void> {
    const socket = await this.#boundAgain();
    if (this.#ended) socket.close();
    this.#socket = socket;
    this.#loop.wake();
    await this.#receive(socket);
  }

  /** The port is free again a moment after the old socket has been closed. */
  async #boundAgain(): Promise<Router> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await bound({ ...this.#options, endpoint: this.endpoint });
      } catch (error) {
        if (tries === BIND_TRIES || this.#ended) throw error;
        await delay(20);
      }
    }
  }

  #end(error?: unknown): void {
    this.#ended = true;
    this.#pulse.stop();
    this.#unwatch();
    this.#loop.stop();
    this.#socket.close();
    this.#settle(error);
  }
}

async function bound(options: StreamServerOptions): Promise<Router> {
  const { endpoint, highWaterMark = 1000 } = options;
  const deadAfterMs = 2 * (options.silenceMs ?? 5000);
  const socket = new Router({
    // An unroutable peer is reported, and a full one at once instead of blocking all others.
    mandatory: true,
    sendTimeout: 0,
    sendHighWaterMark: highWaterMark,
    receiveHighWaterMark: RECEIVED,
    // A longer message costs its sender the connection. What is just too long is seen and counted.
    maxMessageSize: 4 * MAX_CONSUMER_MESSAGE_BYTES,
    linger: options.lingerMs ?? 200,
    // The kernel closes the connections of dead machines, and with them what waits for them. ZeroMQ's own
    // pings would do it too, but a ping that lies behind messages nobody has taken yet, on a connection
    // that is closed by then, ends the process that takes them: libzmq 4.3.5 aborts (its issue 4364).
    tcpKeepalive: 1,
    tcpKeepaliveIdle: Math.max(1, Math.round(deadAfterMs / 2000)),
    tcpKeepaliveInterval: 1,
    tcpKeepaliveCount: Math.max(1, Math.round(deadAfterMs / 2000)),
    tcpMaxRetransmitTimeout: deadAfterMs,
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
