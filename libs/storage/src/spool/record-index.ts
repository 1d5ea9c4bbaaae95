/**
 * Where the records of one session lie: blocks of consecutive numbers in consecutive bytes of one
 * file. Sparse, so that a gigabyte of waiting records costs some thousand entries; a block is what
 * is read at once. Numbers that no block has are released, or a hole that damage made.
 */
import type { SpoolSegment } from './spool-segment.js';

export interface RecordBlock {
  readonly segment: SpoolSegment;
  readonly first: number;
  readonly last: number;
  readonly offset: number;
  readonly end: number;
}

/** Numbers that the spool had and lost to damage; at most these. */
export interface SpoolHole {
  readonly from: number;
  readonly to: number;
}

const BLOCK_BYTES = 65_536;
const BLOCK_RECORDS = 256;

/** The block grown by the record that follows it, or undefined when that one begins a block of its own. */
export function grow<B extends Omit<RecordBlock, 'segment'>>(
  block: B,
  seq: number,
  offset: number,
  end: number,
): B | undefined {
  const follows = block.last + 1 === seq && block.end === offset;
  const room = end - block.offset <= BLOCK_BYTES && seq - block.first < BLOCK_RECORDS;
  return follows && room ? { ...block, last: seq, end } : undefined;
}

export class RecordIndex {
  #blocks: RecordBlock[] = [];
  #holes: SpoolHole[] = [];

  get holes(): readonly SpoolHole[] {
    return this.#holes;
  }

  get first(): number | undefined {
    return this.#blocks[0]?.first;
  }

  get last(): number | undefined {
    return this.#blocks.at(-1)?.last;
  }

  /** The next record of the session. */
  append(segment: SpoolSegment, seq: number, offset: number, end: number): void {
    const latest = this.#blocks.at(-1);
    const grown = latest?.segment === segment ? grow(latest, seq, offset, end) : undefined;
    if (grown) this.#blocks[this.#blocks.length - 1] = grown;
    else this.insert({ segment, first: seq, last: seq, offset, end });
  }

  /** A block behind all others. */
  insert(block: RecordBlock): void {
    block.segment.blocks += 1;
    this.#blocks.push(block);
  }

  addHole(hole: SpoolHole): void {
    if (hole.to < hole.from) return;
    this.#holes.push(hole);
    this.#holes.sort((a, b) => a.from - b.from);
  }

  /** The block that has `seq`, or the next higher number. */
  find(seq: number): RecordBlock | undefined {
    return this.#blocks[this.#position(seq)];
  }

  blocksIn(segment: SpoolSegment): readonly RecordBlock[] {
    return this.#blocks.filter((block) => block.segment === segment);
  }

  /** Puts others, of the same numbers or fewer, in the place of a block; numbers left out become holes. */
  replace(old: RecordBlock, blocks: readonly RecordBlock[]): void {
    const position = this.#blocks.indexOf(old);
    if (position < 0) return;
    this.#blocks.splice(position, 1, ...blocks);
    old.segment.blocks -= 1;
    let next = old.first;
    for (const block of blocks) {
      block.segment.blocks += 1;
      this.addHole({ from: next, to: block.first - 1 });
      next = block.last + 1;
    }
    this.addHole({ from: next, to: old.last });
  }

  /** Forgets all up to `seq`. */
  release(seq: number): void {
    let past = 0;
    for (const block of this.#blocks) {
      if (block.last > seq) break;
      block.segment.blocks -= 1;
      past += 1;
    }
    if (past > 0) this.#blocks.splice(0, past);
    if ((this.#holes[0]?.to ?? Infinity) <= seq) {
      this.#holes = this.#holes.filter((hole) => hole.to > seq);
    }
  }

  #position(seq: number): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const block = this.#blocks[middle];
      if (block && block.last < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
