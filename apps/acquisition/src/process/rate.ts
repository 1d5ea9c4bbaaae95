/** Readings per second, over the last ten seconds. */
const SECONDS = 10;

export class Rate {
  readonly #counts: number[] = [];

  /** Once a second, with the number of readings so far. */
  pulse(readings: number): void {
    this.#counts.push(readings);
    if (this.#counts.length > SECONDS + 1) this.#counts.shift();
  }

  get perSecond(): number {
    const first = this.#counts[0];
    const last = this.#counts.at(-1);
    if (first === undefined || last === undefined || this.#counts.length < 2) return 0;
    return Math.round((100 * (last - first)) / (this.#counts.length - 1)) / 100;
  }
}
