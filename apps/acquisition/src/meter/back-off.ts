/** How long to wait before the next try: doubled each time up to a ceiling, until one succeeded. */
export class BackOff {
  readonly #firstMs: number;
  readonly #mostMs: number;
  #nextMs: number;

  constructor(firstMs: number, mostMs: number) {
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
    this.#nextMs = firstMs;
  }

  next(): number {
    const wait = this.#nextMs;
    this.#nextMs = Math.min(this.#mostMs, wait * 2);
    return wait;
  }

  succeeded(): void {
    this.#nextMs = this.#firstMs;
  }
}
