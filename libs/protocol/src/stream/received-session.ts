/**
 * What a consumer has of one session: decides whether a batch joins it, repeats it, or leaves a gap,
 * and up to where it may be acknowledged. Lives as long as the consumer's run, over all reconnects,
 * because a line must be handed out only once.
 */
import type { BatchHeader } from './messages.js';

export type Taken =
  /** A batch before this one never came: nothing of it may be taken. */
  | { readonly kind: 'gap' }
  /** All of it was handed out before, or is not owed. */
  | { readonly kind: 'repeated' }
  /** New from line `skip` on; `hole`: numbers that the source says are gone for good. */
  | {
      readonly kind: 'new';
      readonly skip: number;
      readonly hole: { from: number; to: number } | undefined;
    };

export class ReceivedSession {
  startLine: Buffer | undefined;
  /** Highest number handed out or not owed, without a gap below it. */
  last = -1;
  /** Highest number that the handler has called durable. */
  #durable = -1;
  /** Highest number that the source is known to have sent since the last hello. */
  #reached = -1;
  /** Where the source began since the last hello: it need not be told of what is below. */
  #floor = -1;
  /** Highest number acknowledged since the last hello. */
  #acknowledged = -1;
  #based = false;

  /** The source begins anew: it may know less than was acknowledged, so everything is said again. */
  redeliver(): void {
    this.#reached = -1;
    this.#floor = -1;
    this.#acknowledged = -1;
    this.#based = false;
  }

  take(header: BatchHeader): Taken {
    const { prev, first, count } = header;
    const end = first + count - 1;
    const released = this.#released(header);
    if (prev > Math.max(this.last, released)) return { kind: 'gap' };
    this.last = Math.max(this.last, released);
    this.#floor = Math.max(this.#floor, released);
    this.#acknowledged = Math.max(this.#acknowledged, released);
    this.#reached = Math.max(this.#reached, end);
    if (end <= this.last) {
      this.repeat();
      return { kind: 'repeated' };
    }
    const skip = Math.max(0, this.last + 1 - first);
    const hole = first > this.last + 1 ? { from: this.last + 1, to: first - 1 } : undefined;
    this.last = end;
    return { kind: 'new', skip, hole };
  }

  /**
   * Up to where nothing is owed. A source that does not say it: the first batch after a hello
   * says by its `prev` from where on it delivers.
   */
  #released(header: BatchHeader): number {
    if (header.released !== undefined) return header.released;
    if (header.first === 0 || this.#based) return -1;
    this.#based = true;
    return header.prev;
  }

  /** Everything up to `seq` is durable; false if so much was never handed out. */
  durable(seq: number): boolean {
    if (seq > this.last) return false;
    this.#durable = Math.max(this.#durable, seq);
    return true;
  }

  /** The source says what it has sent and not had acknowledged; false if some of that never came. */
  confirm(sent: number): boolean {
    if (sent > this.last) return false;
    this.#reached = Math.max(this.#reached, sent);
    this.repeat();
    return true;
  }

  /** The position is to be acknowledged again: the last acknowledgement may have been lost. */
  repeat(): void {
    this.#acknowledged = this.#floor;
  }

  /** The acknowledgement that is due; never above what the source sent or what is durable. */
  due(): number | undefined {
    const seq = Math.min(this.#durable, this.#reached);
    return seq > this.#acknowledged ? seq : undefined;
  }

  acknowledged(seq: number): void {
    this.#acknowledged = seq;
  }
}
