/** How far apart readings usually are. */
const REMEMBERED = 15;

export class Rhythm {
  readonly #distances: number[] = [];
  #last: number | null = null;

  heard(at: number): void {
    if (this.#last !== null) this.#add(at - this.#last);
    this.#last = Math.max(this.#last ?? at, at);
  }

  /** From readings of before it heard any, in the order of their times. */
  learn(times: readonly number[]): void {
    for (const [i, at] of times.entries()) this.#add(at - (times[i - 1] ?? at));
  }

  #add(distance: number): void {
    if (distance <= 0) return;
    this.#distances.push(distance);
    if (this.#distances.length > REMEMBERED) this.#distances.shift();
  }

  /** The middle of the last distances, in ms; null: not known yet. */
  get usual(): number | null {
    if (this.#distances.length < 3) return null;
    const sorted = this.#distances.toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? null;
  }
}
