/** Counts wrong tokens by the address that they come from: whoever guesses has to wait. */
const MOST_TRIES = 10;
const WITHIN_MS = 60_000;
/** Addresses that are remembered. */
const MOST_ADDRESSES = 1_000;

interface Tries {
  count: number;
  readonly since: number;
}

export class WrongTries {
  readonly #monotonic: () => number;
  readonly #tries = new Map<string, Tries>();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Seconds that this address has to wait; 0: it may try. */
  waitFor(address: string): number {
    const tries = this.#tries.get(address);
    if (tries === undefined) return 0;
    const left = tries.since + WITHIN_MS - this.#monotonic();
    if (left > 0) return tries.count < MOST_TRIES ? 0 : Math.ceil(left / 1000);
    this.#tries.delete(address);
    return 0;
  }

  wrong(address: string): void {
    const tries = this.#tries.get(address);
    if (tries !== undefined) {
      tries.count += 1;
      return;
    }
    for (const oldest of this.#tries.keys()) {
      if (this.#tries.size < MOST_ADDRESSES) break;
      this.#tries.delete(oldest);
    }
    this.#tries.set(address, { count: 1, since: this.#monotonic() });
  }
}
