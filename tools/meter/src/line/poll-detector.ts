/** Finds polls among the bytes that the host sends, however they are cut; other bytes mean nothing. */
import { POLL } from '@elmetron/protocol';

export class PollDetector {
  readonly #last = Buffer.alloc(POLL.length);

  /** How many polls these bytes complete. */
  push(chunk: Uint8Array): number {
    let polls = 0;
    for (const byte of chunk) {
      this.#last.copyWithin(0, 1);
      this.#last[POLL.length - 1] = byte;
      if (!this.#last.equals(POLL)) continue;
      polls += 1;
      this.#last.fill(0);
    }
    return polls;
  }
}
