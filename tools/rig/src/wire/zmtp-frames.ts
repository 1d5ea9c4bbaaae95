/**
 * Reads ZMTP 3, what ZeroMQ speaks on a TCP connection, out of one direction of it: a greeting of
 * 64 bytes, then frames; commands are ZeroMQ's own affair, message frames make up messages. Whatever
 * pieces the bytes come in. It only looks on, so that a message can be taken down by somebody whom
 * neither end knows of.
 *
 * Source: https://rfc.zeromq.org/spec/23/ (ZMTP 3.0)
 */

const GREETING_BYTES = 64;
const MECHANISM_AT = 12;
const MECHANISM_BYTES = 20;

const MORE = 0x01;
const LONG = 0x02;
const COMMAND = 0x04;

/** What was read is no ZMTP that this reader knows: the rest of the connection cannot be read. */
export class ZmtpError extends Error {
  override readonly name = 'ZmtpError';
}

export class ZmtpReader {
  #held: Buffer = Buffer.alloc(0);
  #greeted = false;
  #message: Buffer[] = [];

  /**
   * Takes the next bytes and returns the messages that they complete, each as its frames. The
   * frames may share the memory of `chunk`. Throws ZmtpError.
   */
  push(chunk: Buffer): Buffer[][] {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    if (!this.#greeted && !this.#takeGreeting()) return [];
    const messages: Buffer[][] = [];
    for (let frame = this.#takeFrame(); frame !== undefined; frame = this.#takeFrame()) {
      if ((frame.flags & COMMAND) !== 0) continue;
      this.#message.push(frame.body);
      if ((frame.flags & MORE) !== 0) continue;
      messages.push(this.#message);
      this.#message = [];
    }
    return messages;
  }

  #takeGreeting(): boolean {
    if (this.#held.length > 0 && this.#held[0] !== 0xff) throw notZmtp('no greeting');
    if (this.#held.length < GREETING_BYTES) return false;
    const mechanism = this.#held
      .toString('latin1', MECHANISM_AT, MECHANISM_AT + MECHANISM_BYTES)
      .replaceAll('\0', '');
    if (this.#held[9] !== 0x7f || this.#held[10] !== 3) throw notZmtp('not of version 3');
    if (mechanism !== 'NULL') throw notZmtp(`its mechanism is ${mechanism}, read is only NULL`);
    this.#held = this.#held.subarray(GREETING_BYTES);
    this.#greeted = true;
    return true;
  }

  #takeFrame(): { readonly flags: number; readonly body: Buffer } | undefined {
    const flags = this.#held[0];
    if (flags === undefined) return undefined;
    if (flags > (MORE | LONG | COMMAND)) throw notZmtp(`a frame with the flags ${flags}`);
    const headBytes = (flags & LONG) === 0 ? 2 : 9;
    if (this.#held.length < headBytes) return undefined;
    const size = headBytes === 2 ? this.#held.readUInt8(1) : Number(this.#held.readBigUInt64BE(1));
    const end = headBytes + size;
    if (this.#held.length < end) return undefined;
    const body = this.#held.subarray(headBytes, end);
    this.#held = this.#held.subarray(end);
    return { flags, body };
  }
}

function notZmtp(why: string): ZmtpError {
  return new ZmtpError(`The connection does not speak ZMTP 3: ${why}.`);
}
