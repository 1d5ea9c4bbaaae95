/**
 * Hands bytes to the host and books every frame that they complete. It looks for frames in the very
 * bytes that leave, as a host would, so the account is right whatever made them: an answer, one
 * started over, noise around it, a recording.
 */
import {
  decodeFrame,
  FRAME_BYTES,
  Framer,
  HEADER_BYTES,
  type FramerOutput,
} from '@elmetron/protocol';
import type { Account, CutCause } from './account.js';

/** Gives bytes to whoever is at the other end; tells how many were taken. The rest is lost. */
export type Send = (bytes: Buffer) => number;

interface Booked {
  readonly n: number;
  /** Offset behind its last byte, in all bytes of this line's life. */
  readonly end: number;
  readonly length: number;
}

/** So many of the last frames are remembered: more than a host's buffer can hold unread. */
const REMEMBERED = 1024;

export class Dispatch {
  readonly #send: Send;
  readonly #account: Account;
  readonly #framer = new Framer();
  #offset = 0;
  #poll = 0;
  #doubled = false;
  #recent: Booked[] = [];

  constructor(send: Send, account: Account) {
    this.#send = send;
    this.#account = account;
  }

  /** False when not every byte was taken. */
  deliver(bytes: Buffer, poll: number): boolean {
    this.#poll = poll;
    const completed = this.#frameEnds(bytes);
    const taken = this.#send(bytes);
    for (const { n, end, length } of completed) {
      const missing = Math.min(length, end - this.#offset - taken);
      if (missing > 0) this.#account.cut(n, taken === 0 ? 'nobody' : 'overrun', missing);
      else this.#account.sent(n);
    }
    this.#recent = [...this.#recent, ...completed].slice(-REMEMBERED);
    this.#offset += taken;
    return taken === bytes.length;
  }

  /** The line's life ends; the last `unread` bytes that were taken never reached the host. */
  end(cause: CutCause, unread: number): void {
    for (const { n, end, length } of this.#recent) {
      const missing = Math.min(length, end - (this.#offset - unread));
      if (missing > 0 && end <= this.#offset) this.#account.cut(n, 'unread', missing);
    }
    for (const { bytes } of this.#framer.end()) {
      if (!isBegunFrame(bytes)) continue;
      const n = this.#book(bytes);
      this.#account.cut(n, cause, Math.max(0, FRAME_BYTES - bytes.length));
    }
  }

  #frameEnds(bytes: Buffer): Booked[] {
    const completed: Booked[] = [];
    for (let i = 0; i < bytes.length; i += 1) {
      for (const output of this.#framer.push(bytes.subarray(i, i + 1))) {
        if (isRepeatedHeader(output)) this.#doubled = true;
        if (output.kind !== 'frame' || !decodeFrame(output.bytes).ok) continue;
        const n = this.#book(output.bytes);
        completed.push({ n, end: this.#offset + i + 1, length: output.bytes.length });
      }
    }
    return completed;
  }

  #book(frame: Buffer): number {
    const doubled = this.#doubled;
    this.#doubled = false;
    return this.#account.frame({ poll: this.#poll, frame, doubled });
  }
}

/** Noise may begin with SOH too; a header goes on as one. */
function isBegunFrame(bytes: Buffer): boolean {
  return bytes[0] === 0x01 && (bytes.length === 1 || bytes[1] === 0x23);
}

function isRepeatedHeader(output: FramerOutput): boolean {
  return (
    output.kind === 'discarded' &&
    output.reason === 'restarted' &&
    output.bytes.length >= HEADER_BYTES &&
    isBegunFrame(output.bytes)
  );
}
