/** All records that a scenario's source made, by session and number: what may be found, and as what. */
export interface KnownLine {
  readonly session: string;
  readonly seq: number;
  /** Without newline, as it was sent. */
  readonly line: Buffer;
  /**
   * `poison`: it is no record, its place is the quarantine. `lost`: the source has nothing under this
   * number and never will; an event or the quarantine has to say so.
   */
  readonly kind: 'record' | 'poison' | 'lost';
}

export class Account {
  readonly #lines = new Map<string, KnownLine>();

  add(known: KnownLine): void {
    this.#lines.set(`${known.session}:${known.seq}`, known);
  }

  get(session: string, seq: number): KnownLine | undefined {
    return this.#lines.get(`${session}:${seq}`);
  }

  all(): readonly KnownLine[] {
    return [...this.#lines.values()];
  }
}
