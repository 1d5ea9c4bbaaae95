/**
 * The newest lines of the spool in memory, so that a consumer that keeps up costs no reading. Never
 * more than `limit` lines over all sessions: a writer that is away for a week costs disk, not
 * memory. A lane holds the consecutive lines of one session up to its last.
 */
export class RecordCache {
  readonly #limit: number;
  readonly #lanes = new Set<CacheLane>();
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  lane(): CacheLane {
    const lane = new CacheLane((by) => this.#grown(by));
    this.#lanes.add(lane);
    return lane;
  }

  forget(lane: CacheLane): void {
    lane.clear();
    this.#lanes.delete(lane);
  }

  #grown(by: number): void {
    this.#size += by;
    if (by < 0) return;
    for (const lane of this.#lanes) {
      while (this.#size > this.#limit && lane.dropOldest());
    }
  }
}

/** Dropped entries are cut off the array when they are more than those kept, so that dropping is cheap. */
const COMPACT_FROM = 1024;

export class CacheLane {
  readonly #grown: (by: number) => void;
  #lines: (Buffer | undefined)[] = [];
  #head = 0;
  /** The number of the line at `#head`. */
  #from = 0;

  constructor(grown: (by: number) => void) {
    this.#grown = grown;
  }

  get(seq: number): Buffer | undefined {
    return seq < this.#from ? undefined : this.#lines[this.#head + seq - this.#from];
  }

  /** `seq` follows the last one pushed. */
  push(seq: number, line: Buffer): void {
    if (this.#head === this.#lines.length) {
      this.#lines = [];
      this.#head = 0;
      this.#from = seq;
    }
    this.#lines.push(line);
    this.#grown(1);
  }

  dropOldest(): boolean {
    if (this.#head === this.#lines.length) return false;
    this.#lines[this.#head] = undefined;
    this.#head += 1;
    this.#from += 1;
    if (this.#head >= COMPACT_FROM && this.#head * 2 > this.#lines.length) {
      this.#lines.splice(0, this.#head);
      this.#head = 0;
    }
    this.#grown(-1);
    return true;
  }

  /** Drops all up to `seq`. */
  release(seq: number): void {
    while (this.#from <= seq && this.dropOldest());
  }

  clear(): void {
    while (this.dropOldest());
  }
}
