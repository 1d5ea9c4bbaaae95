/**
 * What a consumer was handed and has not called durable yet, over all sessions of one source. An
 * honest source keeps to the window that it was told; one that does not is noticed here, before the
 * consumer's memory notices it.
 */
interface Piece {
  readonly last: number;
  readonly records: number;
  readonly bytes: number;
}

export class Outstanding {
  #records = 0;
  #bytes = 0;
  readonly #pieces = new Map<string, Piece[]>();

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Records up to `last` of the session were handed out. */
  add(session: string, piece: Piece): void {
    const pieces = this.#pieces.get(session);
    if (pieces === undefined) this.#pieces.set(session, [piece]);
    else pieces.push(piece);
    this.#records += piece.records;
    this.#bytes += piece.bytes;
  }

  /** Everything of the session up to `seq` is durable, whether its source still lists it or not. */
  durable(session: string, seq: number): void {
    const pieces = this.#pieces.get(session);
    if (pieces === undefined) return;
    let settled = 0;
    for (const { last, records, bytes } of pieces) {
      if (last > seq) break;
      settled += 1;
      this.#records -= records;
      this.#bytes -= bytes;
    }
    pieces.splice(0, settled);
    if (pieces.length === 0) this.#pieces.delete(session);
  }
}
