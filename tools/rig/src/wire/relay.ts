/**
 * A connection's way between a writer and acquisition, with a witness at it: reads what passes,
 * shows it to the witness, and only then hands it on, byte for byte. It can also be a bad network:
 * cut connections, close one direction of them, hold everything up for a while.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { ZmtpReader } from './zmtp-frames.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Sees every message before it is handed on. */
export interface RelayWitness {
  fromSource(frames: readonly Buffer[]): void;
  fromConsumer(frames: readonly Buffer[]): void;
}

export interface RelayOptions {
  readonly listen: Address;
  readonly target: Address;
  readonly witness: RelayWitness;
  /** What passes cannot be read: there is no proof any more. */
  readonly failed: (error: Error) => void;
}

interface Pair {
  readonly consumer: Socket;
  readonly source: Socket;
}

export class Relay {
  readonly #options: RelayOptions;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #heldUp = false;

  private constructor(options: RelayOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (consumer) =>
      this.#connected(consumer),
    );
  }

  /** Rejects when the address cannot be listened at. */
  static async open(options: RelayOptions): Promise<Relay> {
    const relay = new Relay(options);
    const { host, port } = options.listen;
    await new Promise<void>((resolve, reject) => {
      relay.#server.once('error', reject);
      relay.#server.listen(port, host, resolve);
    });
    return relay;
  }

  /** The port that it listens at, which may have been asked for as 0. */
  get port(): number {
    const bound = this.#server.address();
    return bound !== null && typeof bound === 'object' ? bound.port : 0;
  }

  /** Connections at the moment. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Every connection is gone at once, with what was on its way. */
  cut(): void {
    for (const { consumer, source } of this.#pairs) {
      consumer.resetAndDestroy();
      source.resetAndDestroy();
    }
    this.#pairs.clear();
  }

  /** The writers are told that nothing more comes; what they send still passes. */
  halfClose(): void {
    for (const { consumer } of this.#pairs) consumer.end();
  }

  /** Nothing passes, in either direction, until `letPass`. */
  holdUp(): void {
    this.#heldUp = true;
    for (const { consumer, source } of this.#pairs) {
      consumer.pause();
      source.pause();
    }
  }

  letPass(): void {
    this.#heldUp = false;
    for (const { consumer, source } of this.#pairs) {
      consumer.resume();
      source.resume();
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #connected(consumer: Socket): void {
    const { host, port } = this.#options.target;
    const { witness } = this.#options;
    const source = connect({ host, port, allowHalfOpen: true, noDelay: true });
    const pair: Pair = { consumer, source };
    this.#pairs.add(pair);
    this.#pass(pair, consumer, source, (frames) => witness.fromConsumer(frames));
    this.#pass(pair, source, consumer, (frames) => witness.fromSource(frames));
    if (this.#heldUp) this.holdUp();
  }

  #pass(pair: Pair, from: Socket, to: Socket, show: (frames: readonly Buffer[]) => void): void {
    const reader = new ZmtpReader();
    from.on('data', (chunk) => {
      try {
        for (const frames of reader.push(chunk)) show(frames);
      } catch (error) {
        this.#drop(pair);
        this.#options.failed(error as Error);
        return;
      }
      if (!to.writableEnded && !to.write(chunk)) from.pause();
    });
    to.on('drain', () => {
      if (!this.#heldUp) from.resume();
    });
    from.on('end', () => to.end());
    // 'close' follows, and a connection with one end is none.
    from.on('error', () => undefined);
    from.on('close', () => this.#drop(pair));
  }

  #drop(pair: Pair): void {
    this.#pairs.delete(pair);
    pair.consumer.destroy();
    pair.source.destroy();
  }
}
