/**
 * Keeps the order in which a session's deliveries were taken, so that an acknowledgement never
 * passes over one that is not durable yet. Deliveries become durable out of order when some wait
 * for the database (no buffer could be written) while later ones are already synced in a buffer.
 */
export interface LedgerEntry {
  readonly last: number;
  durable: boolean;
}

export class AckLedger {
  readonly #waiting: LedgerEntry[] = [];
  #acknowledged = -1;

  /** The highest sequence number up to which everything taken is durable; -1 for none. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Deliveries that are taken but not yet acknowledged. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** A delivery whose highest number is `last` was taken; call in the order of the stream. */
  take(last: number): LedgerEntry {
    const entry: LedgerEntry = { last, durable: false };
    this.#waiting.push(entry);
    return entry;
  }

  /** The delivery is on disk; returns the number to acknowledge now, or undefined if an earlier one still waits. */
  settle(entry: LedgerEntry): number | undefined {
    entry.durable = true;
    let reached: number | undefined;
    while (this.#waiting[0]?.durable === true) {
      reached = this.#waiting.shift()?.last;
    }
    if (reached === undefined) return undefined;
    this.#acknowledged = Math.max(this.#acknowledged, reached);
    return this.#acknowledged;
  }
}
