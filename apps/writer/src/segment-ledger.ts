/**
 * Which buffer segments hold something that the store does not have yet. A segment may go only
 * when nothing more will be appended to it and all that was appended is committed.
 */
interface Segment {
  appended: number;
  committed: number;
  closed: boolean;
}

export class SegmentLedger {
  readonly #segments = new Map<string, Segment>();

  /** Segments that still lie on disk. */
  get size(): number {
    return this.#segments.size;
  }

  /** Bytes in all of them. */
  get bytes(): number {
    let sum = 0;
    for (const { appended } of this.#segments.values()) sum += appended;
    return sum;
  }

  /** Bytes up to `end` are on disk in `path`. */
  appended(path: string, end: number): void {
    const segment = this.#segments.get(path);
    if (segment === undefined) {
      this.#segments.set(path, { appended: end, committed: 0, closed: false });
    } else {
      segment.appended = Math.max(segment.appended, end);
    }
  }

  /** Every record up to `end` of `path` is in the store; commits of one segment come in order. */
  committed(path: string, end: number): void {
    const segment = this.#segments.get(path);
    if (segment !== undefined) segment.committed = Math.max(segment.committed, end);
  }

  /** Nothing more will be appended to `path`. */
  close(path: string): void {
    const segment = this.#segments.get(path);
    if (segment !== undefined) segment.closed = true;
  }

  /** Segments that may be removed as soon as the store is checkpointed. */
  settled(): string[] {
    return [...this.#segments]
      .filter(([, s]) => s.closed && s.committed >= s.appended)
      .map(([path]) => path);
  }

  forget(path: string): void {
    this.#segments.delete(path);
  }
}
