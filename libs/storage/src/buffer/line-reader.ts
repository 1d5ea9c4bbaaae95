/**
 * Cuts an open file into lines in constant memory, whatever the file holds: a tail of gigabytes of
 * zeros after a power cut is one line without an end, and must cost no more than its head. Lines come a
 * chunk's worth at a time: a promise for each of millions of lines would cost as much as reading them.
 */
import { MAX_LINE_BYTES } from '@elmetron/protocol/offline';
import type { OpenFile } from './file-system.js';

/** Whole lines, one behind the other, each ended by a newline. */
export interface LineBlock {
  readonly kind: 'block';
  /** Where it begins in the file. */
  readonly offset: number;
  readonly bytes: Buffer;
}

export interface RawLine {
  readonly kind: 'line';
  /** Where it begins in the file, and where the next one does. */
  readonly offset: number;
  readonly end: number;
  /** Without newline; of an overlong line only the first `maxBytes`. */
  readonly bytes: Buffer;
  readonly overlong: boolean;
  /** False for what stands after the last newline. */
  readonly terminated: boolean;
}

const NEWLINE = 0x0a;
export const DEFAULT_CHUNK_BYTES = 262_144;

/**
 * @param from where a line begins
 * @param maxBytes the longest line that is given whole
 */
export async function* readLines(
  file: OpenFile,
  from = 0,
  chunkBytes = DEFAULT_CHUNK_BYTES,
  maxBytes = MAX_LINE_BYTES,
): AsyncGenerator<RawLine> {
  for await (const piece of readLineBlocks(file, from, chunkBytes, maxBytes)) {
    if (piece.kind === 'line') yield piece;
    else yield* linesIn(piece, maxBytes);
  }
}

/**
 * The lines of `readLines`, those that lie whole in one chunk as a block. What it yields holds memory of the chunk's
 * size.
 */
export async function* readLineBlocks(
  file: OpenFile,
  from: number,
  chunkBytes: number,
  maxBytes = MAX_LINE_BYTES,
): AsyncGenerator<RawLine | LineBlock> {
  /** A copy of the beginning of a line that goes on in the next chunk, no more of it than is given out. */
  let head: Buffer = EMPTY;
  let chunk = Buffer.allocUnsafeSlow(chunkBytes);
  /** Where the line of the head begins, and where the chunk does. */
  let offset = from;
  let position = from;

  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    const read = chunk.subarray(0, bytesRead);
    const newline = offset < position ? read.indexOf(NEWLINE) : -1;
    const done = newline + 1;
    if (newline !== -1) {
      const bytes = joined(head, read.subarray(0, newline), maxBytes);
      yield rawLine(offset, position + done, bytes, maxBytes);
      head = EMPTY;
      offset = position + done;
    }
    const last = offset < position ? -1 : read.lastIndexOf(NEWLINE);
    if (last >= done) {
      yield { kind: 'block', offset, bytes: read.subarray(done, last + 1) };
      offset = position + last + 1;
    }
    head = joined(head, read.subarray(Math.max(done, last + 1)), maxBytes);
    position += bytesRead;
    // The lines are views of it.
    if (newline !== -1 || last !== -1) chunk = Buffer.allocUnsafeSlow(chunkBytes);
  }
  if (position === offset) return;
  const overlong = position - offset > maxBytes;
  yield { kind: 'line', offset, end: position, bytes: head, overlong, terminated: false };
}

/** The lines of a block one by one. */
export function linesIn({ offset, bytes }: LineBlock, maxBytes = MAX_LINE_BYTES): RawLine[] {
  const lines: RawLine[] = [];
  let start = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, start)) {
    const line = bytes.subarray(start, Math.min(at, start + maxBytes));
    lines.push(rawLine(offset + start, offset + at + 1, line, maxBytes));
    start = at + 1;
  }
  return lines;
}

function rawLine(offset: number, end: number, bytes: Buffer, maxBytes: number): RawLine {
  const overlong = end - 1 - offset > maxBytes;
  return { kind: 'line', offset, end, bytes, overlong, terminated: true };
}

const EMPTY = Buffer.alloc(0);

/** A copy. */
function joined(head: Buffer, more: Buffer, maxBytes: number): Buffer {
  return Buffer.concat([head, more.subarray(0, maxBytes - head.length)]);
}
