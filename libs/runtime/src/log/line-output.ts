/**
 * Where log lines go. A line is written before `write` returns, so that a process that dies has
 * said why; but an output that takes nothing (a stalled reader, a full disk, a closed terminal)
 * must never hold up or end a process that records. So lines that are not taken wait in memory,
 * and when there are too many, further ones are counted instead.
 */
import { writeSync } from 'node:fs';

const MAX_WAITING_BYTES = 1_048_576;
const RETRY_MS = 50;
const FLUSH_WITHIN_MS = 500;

export interface LineOutputParts {
  /** Like `fs.writeSync`: how many of the bytes were taken; throws when none were. */
  readonly write?: (fd: number, bytes: Uint8Array) => number;
  readonly maxWaitingBytes?: number;
  /** How long `flush` waits while nothing is taken; 500. */
  readonly flushWithinMs?: number;
}

export class LineOutput {
  /** Called when the output takes lines again after this many were lost. */
  onLost: (lines: number) => void = () => {};
  readonly #fd: number;
  readonly #writeBytes: (fd: number, bytes: Uint8Array) => number;
  readonly #maxWaitingBytes: number;
  readonly #flushWithinMs: number;
  #waiting: Buffer = Buffer.alloc(0);
  #lost = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(fd: number, parts: LineOutputParts = {}) {
    this.#fd = fd;
    this.#writeBytes = parts.write ?? writeSync;
    this.#maxWaitingBytes = parts.maxWaitingBytes ?? MAX_WAITING_BYTES;
    this.#flushWithinMs = parts.flushWithinMs ?? FLUSH_WITHIN_MS;
  }

  /** Takes one whole line, its newline with it. Never throws. */
  write(line: string): void {
    const bytes = Buffer.from(line);
    const full = () => this.#waiting.length + bytes.length > this.#maxWaitingBytes;
    if (full()) this.#drain();
    if (full()) this.#lost++;
    else this.#waiting = Buffer.concat([this.#waiting, bytes]);
    this.#drain();
  }

  /** Before an exit: waits for an output that is only slow, as long as it takes something now and then. */
  flush(): void {
    const sleep = new Int32Array(new SharedArrayBuffer(4));
    let left = this.#waiting.length;
    let deadline = performance.now() + this.#flushWithinMs;
    while (this.#drain() === 'busy' && performance.now() < deadline) {
      if (this.#waiting.length < left) deadline = performance.now() + this.#flushWithinMs;
      left = this.#waiting.length;
      Atomics.wait(sleep, 0, 0, 5);
    }
    clearTimeout(this.#retry);
  }

  #drain(): 'empty' | 'busy' | 'broken' {
    clearTimeout(this.#retry);
    try {
      while (this.#waiting.length > 0)
        this.#waiting = this.#waiting.subarray(this.#writeBytes(this.#fd, this.#waiting));
    } catch (error) {
      // Only EAGAIN passes by itself; after anything else the next line is the next attempt.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return 'broken';
      this.#retry = setTimeout(() => this.#drain(), RETRY_MS).unref();
      return 'busy';
    }
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) this.onLost(lost);
    return 'empty';
  }
}
