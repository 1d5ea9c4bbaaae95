/**
 * What lies between the highest and the lowest value of the last so many milliseconds. Only values that
 * can still become the highest or the lowest are kept, so that a window of an hour costs nothing a reading.
 */
interface Kept {
  readonly value: number;
  readonly at: number;
}

export class SpreadWindow {
  readonly #ms: number;
  /** Falling values, oldest first: the first is the highest of the window. */
  #highest: Kept[] = [];
  /** Rising values. */
  #lowest: Kept[] = [];

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Takes a value; gives the spread with it. `at` is on the monotonic clock. */
  add(value: number, at: number): number {
    push(this.#highest, { value, at }, (last) => last <= value);
    push(this.#lowest, { value, at }, (last) => last >= value);
    for (const kept of [this.#highest, this.#lowest])
      while ((kept[0]?.at ?? at) < at - this.#ms) kept.shift();
    return (this.#highest[0]?.value ?? value) - (this.#lowest[0]?.value ?? value);
  }

  clear(): void {
    this.#highest = [];
    this.#lowest = [];
  }
}

function push(kept: Kept[], one: Kept, outlived: (value: number) => boolean): void {
  for (let last = kept.at(-1); last !== undefined && outlived(last.value); last = kept.at(-1))
    kept.pop();
  kept.push(one);
}
