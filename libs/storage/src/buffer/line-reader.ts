/**
 * Cuts an open file into lines in constant memory, whatever the file holds: a tail of gigabytes of
 * zeros after a power cut is one line without an end, and must cost no more than its head.
 */
import { MAX_LINE_BYTES } from '@elmetron/protocol';
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
export const DEFAULT_CHUNK_BYTES = 65_536;

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
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let head: Buffer[] = [];
  let headBytes = 0;
  let offset = from;
  let position = from;

  const gather = (piece: Buffer): void => {
    const kept = piece.subarray(0, maxBytes - headBytes);
    // Copied: the chunk is read into again.
    if (kept.length > 0) head.push(Buffer.from(kept));
    headBytes += kept.length;
  };
  const line = (end: number, terminated: boolean): RawLine => {
    const length = end - offset - (terminated ? 1 : 0);
    const [only] = head;
    const bytes = head.length === 1 && only ? only : Buffer.concat(head);
    const raw = { offset, end, bytes, overlong: length > maxBytes, terminated };
    head = [];
    headBytes = 0;
    offset = end;
    return raw;
  };

  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    let done = 0;
    while (done < bytesRead) {
      const newline = chunk.subarray(0, bytesRead).indexOf(NEWLINE, done);
      const stop = newline < 0 ? bytesRead : newline;
      gather(chunk.subarray(done, stop));
      done = stop;
      if (newline < 0) break;
      done += 1;
      yield line(position + done, true);
    }
    position += bytesRead;
  }
  if (position > offset) yield line(position, false);
}
