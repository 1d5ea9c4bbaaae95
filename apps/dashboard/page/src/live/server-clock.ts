/**
 * The server's clock, which the age of a reading is counted from: the browser may run on a machine whose clock is
 * wrong. Each `hello` is late by its way; the one that was least late of the last ones is nearest to the truth.
 */
const REMEMBERED = 5;
/** No way takes so long: one of the clocks was set, and what was heard before says nothing any more. */
const SET_MS = 5000;

export class ServerClock {
  readonly #offsets: number[] = [];
  #offset = 0;

  /** `said` by the server, received at `now` of the browser; both ms since 1970. */
  heard(said: number, now: number): void {
    const offset = said - now;
    if (Math.abs(offset - this.#offset) > SET_MS) this.forget();
    this.#offsets.push(offset);
    if (this.#offsets.length > REMEMBERED) this.#offsets.shift();
    this.#offset = Math.max(...this.#offsets);
  }

  /** After a pause the old ones say nothing: one of the clocks may have been set. */
  forget(): void {
    this.#offsets.length = 0;
  }

  at(now: number): number {
    return now + this.#offset;
  }
}
