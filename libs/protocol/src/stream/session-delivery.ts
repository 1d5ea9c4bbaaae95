/**
 * How far one session has been sent to one consumer since that consumer's last hello, and what of
 * it is still in flight. Counts records, not numbers: a hole takes no room in the window.
 */

/** One sent batch, or what is left of it, that is not acknowledged. */
interface InFlight {
  first: number;
  readonly last: number;
  readonly bytes: number;
}

export class SessionDelivery {
  /** Whether the `session_start` line has been sent; it goes before everything else. */
  started = false;
  /** Highest number sent or, before the first, acknowledged earlier; -1 for none. */
  sent: number;
  /** Up to here nothing is owed to this consumer. */
  released: number;
  acknowledged: number;
  readonly #flight: InFlight[] = [];

  constructor(acknowledged: number) {
    this.sent = acknowledged;
    this.released = acknowledged;
    this.acknowledged = acknowledged;
  }

  get inFlight(): number {
    return this.#flight.reduce((sum, batch) => sum + batch.last - batch.first + 1, 0);
  }

  /** Records `first` to `last` are on their way. */
  depart(first: number, last: number, bytes: number): void {
    this.sent = last;
    this.#flight.push({ first, last, bytes });
  }

  /** Everything up to `seq` is durable at the consumer; what is no longer in flight because of it. */
  acknowledge(seq: number): { records: number; bytes: number } {
    const landed = { records: 0, bytes: 0 };
    this.acknowledged = Math.max(this.acknowledged, seq);
    for (;;) {
      const oldest = this.#flight[0];
      if (oldest === undefined || oldest.first > seq) return landed;
      landed.records += Math.min(seq, oldest.last) - oldest.first + 1;
      if (oldest.last > seq) {
        oldest.first = seq + 1;
        return landed;
      }
      landed.bytes += oldest.bytes;
      this.#flight.shift();
    }
  }

  /** The batch that departed last was not taken by the socket after all. */
  retract(before: { sent: number; started: boolean; departed: boolean }): void {
    this.sent = before.sent;
    this.started = before.started;
    if (before.departed) this.#flight.pop();
  }
}
