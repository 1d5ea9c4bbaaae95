/**
 * How long the oldest record has waited that is neither released nor synced: what acquisition holds
 * against `spool_sync_ms`. Times are kept in steps, and steps are limited, so that a week without
 * sync costs no memory; both err on the side of an earlier sync.
 */
const STEP_MS = 20;
const MOST_MARKS = 1000;

interface Mark {
  /** Holds for the records from this one to the one before the next mark's. */
  readonly seq: number;
  readonly at: number;
}

export class UnsyncedMarks {
  #marks: Mark[] = [];
  #last = -1;

  get oldestAt(): number | undefined {
    return this.#marks[0]?.at;
  }

  appended(seq: number, at: number): void {
    this.#last = seq;
    const latest = this.#marks.at(-1);
    if (latest && (at - latest.at < STEP_MS || this.#marks.length >= MOST_MARKS)) return;
    this.#marks.push({ seq, at });
  }

  /** Records up to `seq` wait no more: they are released, or synced. */
  settled(seq: number): void {
    if (seq >= this.#last) {
      this.#marks = [];
      return;
    }
    let past = 0;
    while ((this.#marks[past + 1]?.seq ?? Infinity) <= seq + 1) past += 1;
    if (past > 0) this.#marks.splice(0, past);
  }
}
