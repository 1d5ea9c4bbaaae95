/**
 * A pseudo-terminal whose far end the test holds: a serial port as real as one gets without a wire.
 *
 * Only the streams of the terminal are used, never its own `destroy()` or `kill()`: for an opened
 * terminal (one without a process in it) they send a signal to process -1, that is to everybody.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';

interface OpenedTerminal {
  readonly _master: Duplex;
  readonly _slave: Duplex;
  readonly _pty: string;
}

const native = createRequire(import.meta.url)('@lydell/node-pty') as {
  open(options: { encoding: null }): OpenedTerminal;
};

export class Pty {
  readonly path: string;
  readonly received: Buffer[] = [];
  /** What becomes of what arrives; by default it is only noted. */
  answer: (chunk: Buffer) => void = () => undefined;
  readonly #master: Duplex;
  /** Held open so that the terminal outlives the port that is opened on it. */
  readonly #held: number;
  #open = true;

  constructor() {
    const terminal = native.open({ encoding: null });
    this.path = terminal._pty;
    this.#held = openSync(this.path, constants.O_RDWR | constants.O_NOCTTY);
    // This stream would eat what the port is to read.
    terminal._slave.destroy();
    this.#master = terminal._master;
    this.#master.removeAllListeners('error');
    this.#master.on('error', () => undefined);
    this.#master.on('data', (chunk: Buffer) => {
      this.received.push(chunk);
      this.answer(chunk);
    });
  }

  write(bytes: Buffer): void {
    this.#master.write(bytes);
  }

  /** The terminal is gone, as a USB adapter is when it is pulled. */
  unplug(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#held);
    this.#master.destroy();
  }
}
