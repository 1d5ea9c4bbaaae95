/**
 * Into what pieces the bytes of an answer fall on their way through a USB adapter. A recorded frame
 * came in 1 to 6 pieces, cut at any byte (a lone `01` is common), over 2 to 40 ms.
 */
import { HEADER_BYTES } from '@elmetron/protocol';
import type { Random } from '../random.js';

export interface PieceShape {
  readonly length: number;
  /** At least so long after the piece before it. */
  readonly gapMs: number;
}

/** Header and body: what a quiet line and an idle host give. */
export function calmPieces(length: number): PieceShape[] {
  const header = Math.min(HEADER_BYTES, length);
  return [header, length - header].filter((n) => n > 0).map((n) => ({ length: n, gapMs: 0 }));
}

const MOST_PIECES = 6;
const LONGEST_MS = 40;

export function randomPieces(length: number, random: Random): PieceShape[] {
  const edges = new Set<number>([length]);
  if (random.happens(0.3)) edges.add(1);
  for (let more = random.between(0, MOST_PIECES - 2); more > 0; more -= 1) {
    edges.add(random.between(1, length));
  }
  const sorted = [...edges].sort((a, b) => a - b);
  // Most frames come quickly; the sum of the gaps of any stays below the longest seen.
  const longest = random.pick(2, 8, LONGEST_MS) / sorted.length;
  return sorted.map((end, i) => ({
    length: end - (sorted[i - 1] ?? 0),
    gapMs: i === 0 ? 0 : random.next() * longest,
  }));
}
