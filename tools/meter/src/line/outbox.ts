/**
 * The bytes that are on their way to the host, each piece with the moment when its last byte is
 * through the line. Kept in absolute time, so that the coarse timers of the event loop make single
 * pieces late or early by a hair, but never the line slower or faster than it is.
 */
import type { Time } from '../time.js';

export interface Piece<Origin> {
  readonly dueAt: number;
  readonly bytes: Buffer;
  readonly origin: Origin;
}

/** Timers fire at whole milliseconds: what is due within half of one is as due as can be told. */
const EARLY_MS = 0.5;

export class Outbox<Origin> {
  readonly #time: Time;
  readonly #deliver: (piece: Piece<Origin>) => void;
  #pieces: Piece<Origin>[] = [];
  #callOff: (() => void) | undefined;
  #lastDue = -Infinity;
  #deliveredUntil = -Infinity;

  constructor(time: Time, deliver: (piece: Piece<Origin>) => void) {
    this.#time = time;
    this.#deliver = deliver;
  }

  /** When the last piece taken in is through the line; no byte that follows can be there sooner. */
  get freeAt(): number {
    return this.#lastDue;
  }

  /** When the last delivered byte was at the host; a hair after now if it was delivered early. */
  get deliveredUntil(): number {
    return this.#deliveredUntil;
  }

  /** Takes a piece in; pieces never overtake each other. */
  add(piece: Piece<Origin>): void {
    this.#lastDue = Math.max(this.#lastDue, piece.dueAt);
    this.#pieces.push({ ...piece, dueAt: this.#lastDue });
    this.#await();
  }

  /** Takes back those pieces that have not left yet. */
  withdraw(which: (origin: Origin) => boolean): void {
    this.#pieces = this.#pieces.filter((piece) => !which(piece.origin));
    this.#lastDue = this.#pieces.at(-1)?.dueAt ?? this.#deliveredUntil;
    this.#await();
  }

  clear(): void {
    this.withdraw(() => true);
  }

  #await(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    const next = this.#pieces[0];
    if (next === undefined) return;
    const wait = Math.max(0, next.dueAt - this.#time.monotonic());
    this.#callOff = this.#time.after(wait, () => this.#deliverDue());
  }

  #deliverDue(): void {
    this.#callOff = undefined;
    const now = this.#time.monotonic();
    let next = this.#pieces[0];
    while (next !== undefined && next.dueAt <= now + EARLY_MS) {
      this.#pieces.shift();
      this.#deliveredUntil = Math.max(next.dueAt, now);
      this.#deliver(next);
      next = this.#pieces[0];
    }
    this.#await();
  }
}
