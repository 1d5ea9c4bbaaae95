/** Keeps the few things that were asked for last; what was not asked for the longest goes first. */
export class LatestUsed<T> {
  readonly #limit: number;
  /** In the order of their use. */
  readonly #held = new Map<string, T>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): T | undefined {
    const value = this.#held.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: T): void {
    this.#held.delete(key);
    this.#held.set(key, value);
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= this.#limit) return;
      this.#held.delete(oldest);
    }
  }
}
