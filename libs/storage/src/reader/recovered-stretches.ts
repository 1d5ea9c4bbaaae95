/** Which stretches of a session a recovery replayed. */

/** Readings that follow one another; times are UTC, ms since 1970. */
export interface RecoveredStretch {
  readonly from: number;
  readonly to: number;
  readonly measurements: number;
}

/** As many as a person would look at. */
const MOST = 1_000;

export class RecoveredStretches {
  #stretches: RecoveredStretch[] = [];
  #goesOn = false;

  /** To be called for each reading in the order of their numbers. */
  follow(at: number, recovered: boolean): void {
    if (recovered) {
      const one = { from: at, to: at, measurements: 1 };
      const before = this.#goesOn ? this.#stretches.pop() : undefined;
      this.#stretches.push(before === undefined ? one : joined(before, one));
      if (this.#stretches.length > 2 * MOST) this.#joinPairs();
    }
    this.#goesOn = recovered;
  }

  /** In the order of their times; of more than a thousand those beside each other are taken as one. */
  finish(): RecoveredStretch[] {
    while (this.#stretches.length > MOST) this.#joinPairs();
    return this.#stretches.sort((a, b) => a.from - b.from);
  }

  #joinPairs(): void {
    const all = this.#stretches;
    this.#stretches = [];
    for (let i = 0; i < all.length; i += 2) {
      this.#stretches.push(all.slice(i, i + 2).reduce(joined));
    }
  }
}

function joined(a: RecoveredStretch, b: RecoveredStretch): RecoveredStretch {
  return {
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
    measurements: a.measurements + b.measurements,
  };
}
