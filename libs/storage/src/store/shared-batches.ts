/**
 * Memory that is shared with the store's thread, through which batches pass one after the other. Allocated anew for
 * each, a megabyte at a time, it would have the collector go through all that the process holds again and again:
 * V8 counts such memory, and takes its growth for a reason to clean up.
 */
import { NUMBERS, PLACES, type LineTable } from '@elmetron/protocol/offline';
import { piecesOf, type CommitBatch } from './store.js';

export interface LentBatch {
  /** All pieces in one, in shared memory: the thread that it is sent to sees the same bytes. */
  readonly batch: CommitBatch;
  /** To be called once, when nobody reads them any more. */
  readonly giveBack: () => void;
}

const SMALLEST_BYTES = 65_536;
/** One that the store works on, one that lies with it, one that is being filled. */
const KEPT = 3;

export class SharedBatches {
  #free: SharedArrayBuffer[] = [];

  /** Copies the batch. */
  lend(given: CommitBatch): LentBatch {
    const { tables = [] } = given;
    const pieces = piecesOf(given);
    const lines = tables.reduce((sum, table) => sum + table.lines, 0);
    const numbersBytes = lines * NUMBERS * Float64Array.BYTES_PER_ELEMENT;
    const placesBytes = lines * PLACES * Uint32Array.BYTES_PER_ELEMENT;
    const size = pieces.reduce((sum, { length }) => sum + length, 0);
    const memory = this.#take(numbersBytes + placesBytes + size);
    // First what has to begin at a multiple of eight.
    const table: LineTable = {
      lines,
      numbers: joinInto(
        new Float64Array(memory, 0, lines * NUMBERS),
        tables.map(({ numbers }) => numbers),
      ),
      places: joinInto(
        new Uint32Array(memory, numbersBytes, lines * PLACES),
        tables.map(({ places }) => places),
      ),
    };
    const batch: CommitBatch = {
      ...given,
      lines: joinInto(new Uint8Array(memory, numbersBytes + placesBytes, size), pieces),
      ...(given.tables && { tables: [table] }),
    };
    return { batch, giveBack: () => this.#keep(memory) };
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

interface Memory {
  readonly length: number;
  set(values: ArrayLike<number>, at: number): void;
}

function joinInto<M extends Memory>(memory: M, pieces: readonly ArrayLike<number>[]): M {
  let at = 0;
  for (const piece of pieces) {
    memory.set(piece, at);
    at += piece.length;
  }
  return memory;
}

/** The next power of two: batches of about the same size fit into the same memory. */
function capacityFor(size: number): number {
  return Math.max(SMALLEST_BYTES, 2 ** Math.ceil(Math.log2(size)));
}
