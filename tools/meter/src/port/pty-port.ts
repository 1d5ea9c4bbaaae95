/**
 * The meter on a pseudo-terminal, at a path that stays. Hosts come and go as at a serial port: it
 * looks often whether one is there, because opening and closing the slave tell the master nothing.
 */
import { resolve } from 'node:path';
import { offer, withdraw } from './offered-path.js';
import type { BeginLine, Line, Port } from './port.js';
import { PtyPair } from './pty-pair.js';

/** So long may a host be gone before it is noticed; a look takes about 20 microseconds. */
const LOOK_EVERY_MS = 25;

export interface PtyPortOptions {
  readonly path: string;
  readonly begin: BeginLine;
  /** The pseudo-terminal failed by itself and could not be replaced. */
  readonly failed: (error: Error) => void;
}

export class PtyPort implements Port {
  readonly #options: PtyPortOptions;
  readonly #path: string;
  #pair: PtyPair | undefined;
  #line: Line | undefined;
  #looking: NodeJS.Timeout | undefined;

  constructor(options: PtyPortOptions) {
    this.#options = options;
    this.#path = resolve(options.path);
  }

  get line(): Line | undefined {
    return this.#line;
  }

  /** Throws MeterError `no_terminal` or `path_taken`. */
  async plug(): Promise<void> {
    if (this.#pair !== undefined) return;
    const pair = await PtyPair.open({
      received: (bytes) => {
        if (this.#pair === pair) this.#lineOf(pair).received(bytes);
      },
      failed: (error) => {
        if (this.#pair === pair) this.#replace(error);
      },
    });
    this.#pair = pair;
    this.#looking = setInterval(() => this.#look(pair), LOOK_EVERY_MS);
    try {
      offer(this.#path, pair.device);
    } catch (error) {
      await this.unplug();
      throw error;
    }
  }

  async unplug(): Promise<void> {
    const pair = this.#pair;
    if (pair === undefined) return;
    clearInterval(this.#looking);
    withdraw(this.#path, pair.device);
    this.#pair = undefined;
    // What the host has not read by now it never will: hanging up throws it away.
    this.#line?.ended('unplugged', pair.drain());
    this.#line = undefined;
    await pair.close();
  }

  #look(pair: PtyPair): void {
    if (pair.hostPresent()) {
      this.#lineOf(pair);
      return;
    }
    const unread = pair.drain();
    this.#line?.ended('nobody', unread);
    this.#line = undefined;
  }

  #lineOf(pair: PtyPair): Line {
    this.#line ??= this.#options.begin((bytes) => pair.write(bytes));
    return this.#line;
  }

  #replace(error: Error): void {
    this.unplug()
      .then(() => this.plug())
      .catch(() => this.#options.failed(error));
  }
}
