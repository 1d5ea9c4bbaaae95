/**
 * Peers of the stream that speak ZeroMQ well and the stream as they like: a consumer against a real
 * acquisition, a source against a real writer. Neither keeps to any rule by itself.
 */
import { Dealer, Router, type Message } from 'zeromq';
import { eventually, PATIENCE_MS } from '../eventually.js';

/** A message that came: its header, and its second frame when it has one. */
export interface Heard {
  readonly header: Readonly<Record<string, unknown>>;
  readonly body: Buffer | undefined;
}

/** Any JSON is sent as it is; bytes and text unchanged. */
export type Frames = readonly (Buffer | string | object)[];

function encoded(frames: Frames): (Buffer | string)[] {
  return frames.map((frame) =>
    typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame),
  );
}

function heard([header, body]: readonly Message[]): Heard {
  return { header: JSON.parse(String(header)) as Heard['header'], body };
}

/** Says what it is told to a source, and keeps what it hears. */
export class ConsumerPeer {
  readonly messages: Heard[] = [];
  readonly #socket: Dealer;

  constructor(port: number, { reads = true }: { readonly reads?: boolean } = {}) {
    this.#socket = new Dealer({ linger: 0, sendTimeout: 5000 });
    this.#socket.connect(`tcp://127.0.0.1:${String(port)}`);
    if (reads) this.#read().catch(() => undefined);
  }

  async say(...frames: Frames): Promise<void> {
    await this.#socket.send(encoded(frames));
  }

  async hello(consumer: string, run: string, window = 10_000): Promise<void> {
    await this.say({ v: 1, type: 'hello', consumer, run, window });
  }

  async ack(session: string, seq: number): Promise<void> {
    await this.say({ v: 1, type: 'ack', session, seq });
  }

  of(type: string): Heard[] {
    return this.messages.filter(({ header }) => header['type'] === type);
  }

  /** Waits until so many messages of the type have come; resolves to the last of them. */
  async heard(type: string, count = 1): Promise<Heard> {
    await eventually(
      `${String(count)} ${type} from the source`,
      () => this.of(type).length >= count,
      PATIENCE_MS,
      () => JSON.stringify(this.messages.slice(-5).map(({ header }) => header)),
    );
    return this.of(type)[count - 1] ?? { header: {}, body: undefined };
  }

  /** Waits until the source has sent the record `seq` of the session. */
  async sent(session: string, seq: number): Promise<void> {
    await eventually(
      `record ${String(seq)} of ${session} from the source`,
      () =>
        this.of('batch').some(
          ({ header }) =>
            header['session'] === session &&
            Number(header['first']) + Number(header['count']) > seq,
        ),
      PATIENCE_MS,
    );
  }

  close(): void {
    this.#socket.close();
  }

  async #read(): Promise<void> {
    for await (const frames of this.#socket) this.messages.push(heard(frames));
  }
}

/** Stands where an acquisition would, and greets a writer as `source`. */
export class SourcePeer {
  readonly messages: Heard[] = [];
  readonly source: string;
  readonly #socket: Router;
  #peer: Buffer | undefined;

  private constructor(socket: Router, source: string) {
    this.#socket = socket;
    this.source = source;
  }

  static async bind(port: number, source: string): Promise<SourcePeer> {
    const socket = new Router({ linger: 0, sendTimeout: 5000, mandatory: true });
    await socket.bind(`tcp://127.0.0.1:${String(port)}`);
    const peer = new SourcePeer(socket, source);
    peer.#read().catch(() => undefined);
    return peer;
  }

  /** To the writer that spoke last. False when it is gone, or takes nothing. */
  async say(...frames: Frames): Promise<boolean> {
    if (this.#peer === undefined) return false;
    try {
      await this.#socket.send([this.#peer, ...encoded(frames)]);
      return true;
    } catch {
      return false;
    }
  }

  async welcome(sessions: readonly string[] = [], source = this.source): Promise<boolean> {
    const listed = sessions.map((session) => ({ session, last: 0 }));
    return await this.say({ v: 1, type: 'welcome', source, sessions: listed });
  }

  /** `lines` without their newlines. */
  async batch(
    session: string,
    first: number,
    lines: readonly (Buffer | string)[],
    header: object = {},
  ): Promise<boolean> {
    const body = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]));
    const [prev, count] = [first - 1, lines.length];
    return await this.say({ v: 1, type: 'batch', session, prev, first, count, ...header }, body);
  }

  of(type: string): Heard[] {
    return this.messages.filter(({ header }) => header['type'] === type);
  }

  async heard(type: string, count = 1): Promise<Heard> {
    await eventually(
      `${String(count)} ${type} from the writer`,
      () => this.of(type).length >= count,
      PATIENCE_MS,
    );
    return this.of(type)[count - 1] ?? { header: {}, body: undefined };
  }

  /** The highest number that the writer has acknowledged of the session; -1 for none. */
  acknowledged(session: string): number {
    const own = this.of('ack').filter(({ header }) => header['session'] === session);
    return Math.max(-1, ...own.map(({ header }) => Number(header['seq'])));
  }

  close(): void {
    this.#socket.close();
  }

  async #read(): Promise<void> {
    for await (const [peer, ...frames] of this.#socket) {
      this.#peer = peer;
      this.messages.push(heard(frames));
    }
  }
}
