/**
 * The source's end of the stream as a bad source would play it: a batch that never comes, with all
 * that follows sent as if it had come. The real server cannot be made to do that.
 */
import {
  decodeConsumerMessage,
  encodeMessage,
  type OutboxBatch,
  type StreamSource,
} from '@elmetron/protocol';
import { Router } from 'zeromq';

const HEARTBEAT_MS = 200;
const BATCH = { records: 2, bytes: 1_000_000 };

export interface LeakyServerOptions {
  readonly endpoint: string;
  readonly source: StreamSource;
  /** Whether the batch that begins with this record is to be lost on its way, this time. */
  readonly loses: (session: string, first: number) => boolean;
}

export class LeakyServer {
  readonly #options: LeakyServerOptions;
  readonly #socket = new Router({ linger: 0, sendTimeout: 1_000 });
  readonly #sent = new Map<string, number>();
  #peer: Buffer | undefined;
  #turn: Promise<void> = Promise.resolve();
  #heart: NodeJS.Timeout | undefined;
  #failure: Error | undefined;

  private constructor(options: LeakyServerOptions) {
    this.#options = options;
  }

  static async bind(options: LeakyServerOptions): Promise<LeakyServer> {
    const server = new LeakyServer(options);
    await server.#socket.bind(options.endpoint);
    server.#heart = setInterval(() => {
      server.#queue(() => server.#send({ type: 'heartbeat' }));
    }, HEARTBEAT_MS);
    void server.#receive();
    return server;
  }

  wake(): void {
    this.#queue(() => this.#deliver());
  }

  async close(): Promise<void> {
    if (this.#socket.closed) return;
    clearInterval(this.#heart);
    await this.#turn;
    this.#socket.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #receive(): Promise<void> {
    for await (const [peer, ...frames] of this.#socket) {
      const decoded = decodeConsumerMessage(frames);
      if (peer === undefined || !decoded.ok) continue;
      const { message } = decoded;
      if (message.type === 'ack') {
        this.#options.source.acknowledge('writer', message.session, message.seq);
      }
      if (message.type !== 'hello') continue;
      this.#peer = peer;
      this.#sent.clear();
      this.#queue(async () => {
        const sessions = this.#options.source
          .sessions()
          .map(({ session, last }) => ({ session, last }));
        await this.#send({ type: 'welcome', source: this.#options.source.source, sessions });
        await this.#deliver();
      });
    }
  }

  async #deliver(): Promise<void> {
    const { source, loses } = this.#options;
    if (this.#peer === undefined) return;
    for (const { session, startLine, last } of source.sessions()) {
      const released = source.acknowledged('writer', session);
      if (!this.#sent.has(session)) {
        await this.#batch(session, released, { prev: -1, first: 0, lines: [startLine] });
        this.#sent.set(session, Math.max(0, released));
      }
      for (let after = this.#sent.get(session) ?? 0; after < last;) {
        const batch = source.read(session, after, BATCH);
        if (batch === undefined) break;
        after = batch.first + batch.lines.length - 1;
        this.#sent.set(session, after);
        if (!loses(session, batch.first)) await this.#batch(session, released, batch);
      }
    }
  }

  async #batch(
    session: string,
    released: number,
    { prev, first, lines }: OutboxBatch,
  ): Promise<void> {
    const body = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
    await this.#send({ type: 'batch', session, prev, first, count: lines.length, released }, body);
  }

  async #send(message: Parameters<typeof encodeMessage>[0], ...rest: Buffer[]): Promise<void> {
    if (this.#peer === undefined) return;
    await this.#socket.send([this.#peer, encodeMessage(message), ...rest]);
  }

  /** One message after the other: the socket takes no two at a time. */
  #queue(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work).catch((error: unknown) => {
      this.#failure ??= error instanceof Error ? error : new Error(String(error));
    });
  }
}
