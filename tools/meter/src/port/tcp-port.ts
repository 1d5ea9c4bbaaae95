/**
 * The meter behind a serial server: raw bytes on a TCP connection. One host at a time, as a serial
 * port has one; the newest wins, so that a connection that died unnoticed does not keep others out.
 * What the account calls sent has been handed to the network here: it cannot know what was read.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { MeterError } from '../meter-error.js';
import type { BeginLine, Line, Port } from './port.js';

/** A host that leaves so much unread has lost the rest, as with a serial port's buffer. */
const MOST_UNSENT_BYTES = 65_536;

export interface TcpAddress {
  readonly host: string;
  /** 0: any free one; it is kept when the meter is unplugged and plugged in again. */
  readonly port: number;
}

export class TcpPort implements Port {
  readonly #begin: BeginLine;
  readonly #host: string;
  #port: number;
  #server: Server | undefined;
  #socket: Socket | undefined;
  #line: Line | undefined;

  constructor({ host, port }: TcpAddress, begin: BeginLine) {
    this.#host = host;
    this.#port = port;
    this.#begin = begin;
  }

  get line(): Line | undefined {
    return this.#line;
  }

  /** `host:port` as others connect to it. */
  get address(): string {
    return `${this.#host.includes(':') ? `[${this.#host}]` : this.#host}:${this.#port}`;
  }

  /** Throws MeterError `address_unusable`. */
  async plug(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((socket) => this.#connected(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        const message = `The meter cannot listen at ${this.address} (${cause.message}). Give --tcp another address.`;
        reject(new MeterError('address_unusable', message, { cause }));
      });
      server.listen(this.#port, this.#host, resolve);
    });
    const bound = server.address();
    if (bound !== null && typeof bound === 'object') this.#port = bound.port;
    this.#server = server;
  }

  async unplug(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    this.#drop('unplugged');
    await closed;
  }

  #connected(socket: Socket): void {
    this.#drop('nobody');
    socket.setNoDelay(true);
    this.#socket = socket;
    const line = this.#begin((bytes) => {
      if (socket.destroyed || socket.writableLength > MOST_UNSENT_BYTES) return 0;
      socket.write(bytes);
      return bytes.length;
    });
    this.#line = line;
    socket.on('data', (bytes) => {
      if (this.#line === line) line.received(bytes);
    });
    // 'close' follows and says all there is to do.
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.#socket === socket) this.#drop('nobody');
    });
  }

  #drop(cause: 'nobody' | 'unplugged'): void {
    this.#line?.ended(cause, 0);
    this.#line = undefined;
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}
