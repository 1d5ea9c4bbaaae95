/**
 * Memory that is shared with the store's thread, through which batches pass one after the other. Allocated anew for
 * each, a megabyte at a time, it would have the collector go through all that the process holds again and again:
 * V8 counts such memory, and takes its growth for a reason to clean up.
 */
export interface LentBatch {
  /** Shared memory: the thread that it is sent to sees the same bytes. */
  readonly lines: Uint8Array;
  /** To be called once, when nobody reads them any more. */
  readonly giveBack: () => void;
}

const SMALLEST_BYTES = 65_536;
/** One that the store works on, one that lies with it, one that is being filled. */
const KEPT = 3;

export class SharedBatches {
  #free: SharedArrayBuffer[] = [];

  /** Copies the pieces, one behind the other. */
  lend(pieces: readonly Uint8Array[]): LentBatch {
    const size = pieces.reduce((sum, { length }) => sum + length, 0);
    const memory = this.#take(size);
    const lines = new Uint8Array(memory, 0, size);
    let at = 0;
    for (const piece of pieces) {
      lines.set(piece, at);
      at += piece.length;
    }
    return { lines, giveBack: () => this.#keep(memory) };
  }

  #take(size: number): SharedArrayBuffer {
    const found = this.#free.findIndex(({ byteLength }) => byteLength >= size);
    const [memory] = found === -1 ? [] : this.#free.splice(found, 1);
    return memory ?? new SharedArrayBuffer(capacityFor(size));
  }

  /** The largest ones stay. */
  #keep(memory: SharedArrayBuffer): void {
    this.#free.push(memory);
    if (this.#free.length <= KEPT) return;
    this.#free.sort((a, b) => a.byteLength - b.byteLength).shift();
  }
}

/** The next power of two: batches of about the same size fit into the same memory. */
function capacityFor(size: number): number {
  return Math.max(SMALLEST_BYTES, 2 ** Math.ceil(Math.log2(size)));
}
