/**
 * Reads one direction of a ZeroMQ connection from the bytes that went through its socket (ZMTP 3,
 * https://rfc.zeromq.org/spec/23): a greeting of 64 bytes, then frames. So what a process said to
 * its peers is known from the kernel's own account, not from what the process says of itself.
 */
const GREETING_BYTES = 64;
const MORE = 1;
const LONG = 2;
const COMMAND = 4;

export class ZmtpReader {
  #waiting = Buffer.alloc(0);
  #greeted = false;
  #foreign = false;
  #frames: Buffer[] = [];

  /** The messages that these bytes complete, each as its frames. Of a connection that is not ZMTP, none. */
  push(bytes: Uint8Array): Buffer[][] {
    if (this.#foreign) return [];
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    if (!this.#greeted && !this.#takeGreeting()) return [];
    const messages: Buffer[][] = [];
    for (let frame = this.#takeFrame(); frame !== undefined; frame = this.#takeFrame()) {
      // PING, READY and their like stand between messages, or between the frames of one.
      if ((frame.flags & COMMAND) !== 0) continue;
      this.#frames.push(frame.body);
      if ((frame.flags & MORE) !== 0) continue;
      messages.push(this.#frames);
      this.#frames = [];
    }
    return messages;
  }

  #takeGreeting(): boolean {
    const [first, ninth] = [this.#waiting[0], this.#waiting[9]];
    if (first !== 0xff || (ninth !== undefined && ninth !== 0x7f)) {
      this.#foreign = true;
      return false;
    }
    if (this.#waiting.length < GREETING_BYTES) return false;
    this.#waiting = this.#waiting.subarray(GREETING_BYTES);
    this.#greeted = true;
    return true;
  }

  #takeFrame(): { readonly flags: number; readonly body: Buffer } | undefined {
    const flags = this.#waiting[0];
    if (flags === undefined) return undefined;
    const head = (flags & LONG) === 0 ? 2 : 9;
    if (this.#waiting.length < head) return undefined;
    const length =
      head === 2 ? this.#waiting.readUInt8(1) : Number(this.#waiting.readBigUInt64BE(1));
    if (this.#waiting.length < head + length) return undefined;
    const body = Buffer.from(this.#waiting.subarray(head, head + length));
    this.#waiting = this.#waiting.subarray(head + length);
    return { flags, body };
  }
}
