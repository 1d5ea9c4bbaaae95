/**
 * The consumer's end of the stream on a ZeroMQ DEALER: moves messages and time between the socket
 * and the StreamReceiver, which decides everything. After a silence the socket is thrown away for a
 * new one, so that nothing queued for the earlier connection can come between.
 */
import { Dealer } from 'zeromq';
import { checkEndpoint, endpointError } from './endpoint.js';
import type { ReceiverCounters } from './receiver-counters.js';
import { PeerMemory } from './peer-memory.js';
import { Pulse } from './pulse.js';
import { SendLoop } from './send-loop.js';
import { settlement } from './settlement.js';
import {
  StreamReceiver,
  type ReceiverOutgoing,
  type StreamReceiverOptions,
} from './stream-receiver.js';
import { tickMs } from './tick.js';

export interface StreamClientOptions extends StreamReceiverOptions {
  readonly endpoint: string;
  /** How long acknowledgements may still be sent after stopping. */
  readonly lingerMs?: number;
  /** Acknowledgements that wait for the source, at most. */
  readonly highWaterMark?: number;
  /** Messages of the source that wait here, at most; the others wait at the source. */
  readonly receiveHighWaterMark?: number;
  /** Largest message that is taken, in bytes; a source sends batches of 1 MiB, or of one line. */
  readonly maxBatchBytes?: number;
  /** Shared with the other sockets of the process; one of its own unless given. */
  readonly memory?: PeerMemory;
}

export class StreamClient {
  /** Resolves when the client is stopped; rejects if the handler threw or the socket broke down. */
  readonly stopped: Promise<void>;
  readonly #options: StreamClientOptions;
  readonly #receiver: StreamReceiver;
  readonly #memory: PeerMemory;
  readonly #settle: (error?: unknown) => void;
  readonly #loop: SendLoop<ReceiverOutgoing>;
  #socket: Dealer | undefined;
  #pulse: Pulse | undefined;
  #unwatch = (): void => undefined;
  #ended = false;

  constructor(options: StreamClientOptions) {
    this.#options = options;
    this.#receiver = new StreamReceiver(options);
    this.#memory = options.memory ?? new PeerMemory();
    const { promise, settle } = settlement();
    this.stopped = promise;
    this.#settle = settle;
    this.#loop = new SendLoop({
      next: () => this.#receiver.next(),
      send: (out) => this.#send(out),
      settled: (out, outcome) => this.#receiver.settled(out, outcome),
      failed: (error) => this.#end(error),
    });
  }

  /** Connects, now and again. Throws ProtocolError `endpoint_invalid`. */
  start(): void {
    checkEndpoint(this.#options.endpoint, 'connect');
    this.#socket = this.#open();
    this.#pulse = new Pulse(tickMs(this.#options.heartbeatMs), () => this.#tick());
    this.#unwatch = this.#memory.watch(() => this.#overfull());
    this.#tick();
  }

  get counters(): Readonly<ReceiverCounters> {
    return this.#receiver.counters;
  }

  /** Every record of `session` up to `seq` is durable. */
  acknowledge(session: string, seq: number): void {
    this.#receiver.acknowledge(session, seq);
    this.#loop.wake();
  }

  /** Sends the acknowledgements that are due, and closes. */
  async stop(): Promise<void> {
    if (!this.#ended && this.#socket !== undefined) await this.#loop.flush();
    this.#end();
    await this.stopped;
  }

  #open(): Dealer {
    const { endpoint, highWaterMark = 1000, receiveHighWaterMark = 16 } = this.#options;
    const socket = new Dealer({
      // Messages wait for a connection that is there, never for one that may come: what was meant
      // for the source before its restart is of no use to the one after it.
      immediate: true,
      sendTimeout: 0,
      sendHighWaterMark: highWaterMark,
      receiveHighWaterMark,
      maxMessageSize: this.#options.maxBatchBytes ?? 8_388_608,
      linger: this.#options.lingerMs ?? 200,
      reconnectInterval: 100,
      ipv6: endpoint.includes('['),
    });
    try {
      socket.connect(endpoint);
    } catch (error) {
      socket.close();
      throw endpointError(error, endpoint);
    }
    this.#receive(socket).catch((error: unknown) => this.#end(error));
    this.#watch(socket).catch((error: unknown) => this.#end(error));
    return socket;
  }

  #tick(): void {
    try {
      this.#receiver.tick();
      if (this.#receiver.takeReopen()) this.#reopen();
    } catch (error) {
      this.#end(error);
    }
    this.#loop.wake();
  }

  #overfull(): void {
    this.#receiver.overfull();
    this.#tick();
  }

  #reopen(): void {
    const old = this.#socket;
    if (old !== undefined) {
      old.linger = 0;
      old.close();
    }
    this.#socket = this.#open();
  }

  async #send({ frames }: ReceiverOutgoing): Promise<void> {
    await this.#socket?.send([...frames]);
  }

  async #receive(socket: Dealer): Promise<void> {
    for await (const frames of socket) {
      if (socket !== this.#socket) return;
      this.#receiver.receive(frames);
      this.#loop.wake();
      // What is to be done every so often costs least now.
      this.#pulse?.awake();
      this.#memory.awake();
    }
  }

  /**
   * Comings and goings of the connection. Not by `writable`: to read that takes the sign of what has
   * arrived from whoever waits for it, and messages then lie until the next one comes.
   */
  async #watch(socket: Dealer): Promise<void> {
    for await (const { type } of socket.events) {
      if (socket !== this.#socket) return;
      if (type === 'disconnect') this.#receiver.disconnected();
      if (type === 'handshake') this.#receiver.connected();
      if (type === 'disconnect' || type === 'handshake') this.#loop.wake();
    }
  }

  #end(error?: unknown): void {
    this.#ended = true;
    this.#pulse?.stop();
    this.#unwatch();
    this.#loop.stop();
    this.#socket?.close();
    this.#settle(error);
  }
}
