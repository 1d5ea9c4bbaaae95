/**
 * Cuts an open file into lines in constant memory, whatever the file holds: a tail of gigabytes of
 * zeros after a power cut is one line without an end, and must cost no more than its head. Lines come a
 * chunk's worth at a time: a promise for each of millions of lines would cost as much as reading them.
 */
import { MAX_LINE_BYTES } from '@elmetron/protocol/offline';
import type { OpenFile } from './file-system.js';

export interface RawLine {
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
  for await (const lines of readLinePieces(file, from, chunkBytes, maxBytes)) yield* lines;
}

/** The lines of `readLines`, those that end in one chunk together; never an empty piece. */
export async function* readLinePieces(
  file: OpenFile,
  from = 0,
  chunkBytes = DEFAULT_CHUNK_BYTES,
  maxBytes = MAX_LINE_BYTES,
): AsyncGenerator<readonly RawLine[]> {
  /** A copy of the beginning of a line that goes on in the next chunk, no more of it than is given out. */
  let head: Buffer = EMPTY;
  let chunk = Buffer.allocUnsafeSlow(chunkBytes);
  let offset = from;
  let position = from;

  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    const lines: RawLine[] = [];
    const read = chunk.subarray(0, bytesRead);
    let done = 0;
    for (let at = read.indexOf(NEWLINE); at !== -1; at = read.indexOf(NEWLINE, done)) {
      const rest = read.subarray(done, at);
      const bytes = head.length === 0 ? rest.subarray(0, maxBytes) : joined(head, rest, maxBytes);
      done = at + 1;
      const end = position + done;
      lines.push({ offset, end, bytes, overlong: end - 1 - offset > maxBytes, terminated: true });
      head = EMPTY;
      offset = end;
    }
    head = joined(head, read.subarray(done), maxBytes);
    position += bytesRead;
    if (lines.length === 0) continue;
    yield lines;
    // The lines are views of it.
    chunk = Buffer.allocUnsafeSlow(chunkBytes);
  }
  if (position === offset) return;
  const overlong = position - offset > maxBytes;
  yield [{ offset, end: position, bytes: head, overlong, terminated: false }];
}

const EMPTY = Buffer.alloc(0);

/** A copy. */
function joined(head: Buffer, more: Buffer, maxBytes: number): Buffer {
  return Buffer.concat([head, more.subarray(0, maxBytes - head.length)]);
}
