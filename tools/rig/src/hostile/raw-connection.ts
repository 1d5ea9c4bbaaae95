/** A TCP connection of a hostile peer: it may send anything, and whatever becomes of it is no error. */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { greeting, ready } from './zmtp.js';

export class RawConnection {
  /** Bytes that came from the other end. */
  received = 0;
  readonly #socket: Socket;
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
    });
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.length;
    });
  }

  /** Resolves when the connection is there, or refused: `closed` tells. */
  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const connection = new RawConnection(socket);
    await new Promise<void>((resolve) => {
      socket.once('connect', resolve);
      socket.once('close', resolve);
    });
    return connection;
  }

  /** A connection that has become a ZeroMQ socket of the given type. */
  static async speaking(
    port: number,
    socketType: 'DEALER' | 'ROUTER' | 'SUB',
  ): Promise<RawConnection> {
    const connection = await RawConnection.open(port);
    await connection.send(greeting());
    await connection.heard(64);
    await connection.send(ready(socketType));
    return connection;
  }

  /** The other end has hung up, or never was there. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Resolves when the kernel has taken the bytes, when the connection has ended, or after `withinMs`. */
  async send(bytes: Buffer | string, withinMs = 2000): Promise<void> {
    if (this.#closed) return;
    // A connection that ends calls back too.
    const taken = new Promise<void>((resolve) => {
      this.#socket.write(bytes, () => resolve());
    });
    await Promise.race([taken, delay(withinMs, undefined, { ref: false })]);
  }

  /** Waits until so many bytes have come, or the connection has ended. */
  async heard(bytes: number, withinMs = 5000): Promise<void> {
    const end = performance.now() + withinMs;
    while (this.received < bytes && !this.#closed && performance.now() < end) await delay(5);
  }

  /** Reads nothing from now on: the other end's queue fills. */
  stopReading(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }
}
