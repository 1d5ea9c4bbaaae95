/** How far apart readings usually are, and from when on a distance is a gap. */
const REMEMBERED = 15;

export class Rhythm {
  readonly #distances: number[] = [];
  #last: number | null = null;

  heard(at: number): void {
    if (this.#last !== null && at > this.#last) {
      this.#distances.push(at - this.#last);
      if (this.#distances.length > REMEMBERED) this.#distances.shift();
    }
    this.#last = Math.max(this.#last ?? at, at);
  }

  /** The middle of the last distances, in ms; null: not known yet. */
  get usual(): number | null {
    if (this.#distances.length < 3) return null;
    const sorted = this.#distances.toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? null;
  }
}

/** Readings further apart than this have a gap between them; without a known distance 5 s. */
export const gapLimit = (usual: number | null): number =>
  usual === null ? 5000 : Math.max(usual * 2.5, usual + 500);
