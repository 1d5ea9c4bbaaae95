/**
 * A pseudo-terminal as a serial cable: the master is the meter's end, hosts open the device file of
 * the slave. Made so that it behaves as a cable where a terminal would not:
 *
 * - It outlives its hosts. The master fails for good once no one has the slave open, so the meter
 *   keeps the slave open itself (the keeper).
 * - Bytes do not wait for the next host. The keeper would let them; so whether a host is there is
 *   found out by closing the keeper for an instant: if that was the last, a read of the master says
 *   so (EIO, or end of file). Then what lies unread is read away through the keeper. That is exact:
 *   a byte is read by the host or by the keeper, never by both.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import type { ReadStream } from 'node:tty';
import { open as openTerminal } from '@lydell/node-pty';
import { MeterError } from '../meter-error.js';

declare module '@lydell/node-pty' {
  /** There, but missing in the package's types: a pseudo-terminal without a process in it. */
  export function open(options: { encoding: null }): {
    readonly master: ReadStream;
    readonly slave: ReadStream;
    readonly ptsName: string;
    readonly fd: number;
  };
}

export interface PtyEvents {
  readonly received: (bytes: Buffer) => void;
  /** The pair is of no use any more. */
  readonly failed: (error: Error) => void;
}

export class PtyPair {
  /** The slave's device file. */
  readonly device: string;
  readonly #master: ReadStream;
  readonly #masterFd: number;
  readonly #events: PtyEvents;
  readonly #scratch = Buffer.alloc(4096);
  #keeper: number | undefined;
  #closed = false;

  private constructor(device: string, master: ReadStream, masterFd: number, events: PtyEvents) {
    this.device = device;
    this.#master = master;
    this.#masterFd = masterFd;
    this.#events = events;
    this.#keeper = openSlave(device);
    master.on('data', (bytes: Buffer) => events.received(bytes));
    master.on('error', (error) => {
      if (!this.#closed) events.failed(error);
    });
  }

  /** Throws MeterError `no_terminal`. */
  static async open(events: PtyEvents): Promise<PtyPair> {
    try {
      const { master, slave, ptsName, fd } = openTerminal({ encoding: null });
      // A host that sets no line mode (`cat`) must not have its answers echoed back to the meter.
      slave.setRawMode(true);
      const pair = new PtyPair(ptsName, master, fd, events);
      // The library reads the slave by itself; left alone it would eat the answers.
      await destroyed(slave);
      pair.#closeStrays();
      return pair;
    } catch (cause) {
      throw new MeterError(
        'no_terminal',
        `No pseudo-terminal can be made here (${String(cause)}). Use --tcp HOST:PORT instead.`,
        { cause },
      );
    }
  }

  /** Whether anyone has the slave open. */
  hostPresent(): boolean {
    if (this.#closed) return false;
    if (this.#keeper !== undefined) closeSync(this.#keeper);
    this.#keeper = undefined;
    try {
      const length = readSync(this.#masterFd, this.#scratch);
      if (length === 0) return false;
      const bytes = Buffer.from(this.#scratch.subarray(0, length));
      // Not from within this call: whoever asks may be in the middle of sending.
      queueMicrotask(() => this.#events.received(bytes));
      return true;
    } catch (error) {
      if (isCode(error, 'EIO')) return false;
      if (isCode(error, 'EAGAIN')) return true;
      throw error;
    } finally {
      this.#keepOpen();
    }
  }

  /** How many bytes the host's buffer took; none when no host is there. */
  write(bytes: Buffer): number {
    if (!this.hostPresent()) return 0;
    try {
      return writeSync(this.#masterFd, bytes);
    } catch (error) {
      if (isCode(error, 'EAGAIN')) return 0;
      throw error;
    }
  }

  /** Takes away what no host has read; returns how many bytes that were. */
  drain(): number {
    let total = 0;
    try {
      while (this.#keeper !== undefined) {
        const length = readSync(this.#keeper, this.#scratch);
        if (length === 0) break;
        total += length;
      }
    } catch (error) {
      if (!isCode(error, 'EAGAIN') && !isCode(error, 'EIO')) throw error;
    }
    return total;
  }

  /** Hangs up: a host that is there sees its port vanish. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const gone = destroyed(this.#master);
    if (this.#keeper !== undefined) closeSync(this.#keeper);
    this.#keeper = undefined;
    await gone;
  }

  #keepOpen(): void {
    try {
      this.#keeper ??= openSlave(this.device);
    } catch (error) {
      // A host that holds it exclusively: as long as it is there, no keeper is needed.
      if (!isCode(error, 'EBUSY')) throw error;
    }
  }

  /** The library leaves one descriptor of the slave open, without saying which. */
  #closeStrays(): void {
    const { rdev } = statSync(this.device);
    for (const name of readdirSync('/dev/fd')) {
      const fd = Number(name);
      if (fd !== this.#keeper && isDevice(fd, rdev)) closeSync(fd);
    }
  }
}

function openSlave(device: string): number {
  return openSync(device, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
}

function isDevice(fd: number, rdev: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isCharacterDevice() && stat.rdev === rdev;
  } catch {
    // The descriptor of the listing itself is gone by now.
    return false;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function destroyed(stream: ReadStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', () => resolve());
    stream.destroy();
  });
}
