/**
 * Reads a block back from its file and checks each line: what was written may not be what is read,
 * and a line that lost its newline would shift the numbers of all that follow.
 */
import { decodeLine } from '@elmetron/protocol/offline';
import type { RecordBlock } from './record-index.js';

export interface BlockContent {
  /** Line i has the number `first + i`; undefined where it is damaged. */
  readonly lines: readonly (Buffer | undefined)[];
  /** Where line i begins and ends, for those that are whole. */
  readonly places: readonly ({ readonly offset: number; readonly end: number } | undefined)[];
  readonly damaged: readonly { readonly offset: number; readonly bytes: Buffer }[];
}

const NEWLINE = 0x0a;

/** Throws StorageError `buffer_unreadable`. */
export function readBlock(session: string, block: RecordBlock): BlockContent {
  const bytes = block.segment.read(block.offset, block.end);
  const count = block.last - block.first + 1;
  const lines = new Array<Buffer | undefined>(count).fill(undefined);
  const places = new Array<{ offset: number; end: number } | undefined>(count).fill(undefined);
  const damaged: { offset: number; bytes: Buffer }[] = [];
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const stop = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(start, stop);
    const offset = block.offset + start;
    const decoded = decodeLine(line);
    const index =
      decoded.ok && decoded.record.session === session ? decoded.record.seq - block.first : -1;
    if (index >= 0 && index < count) {
      lines[index] = line;
      places[index] = { offset, end: offset + line.length + 1 };
    } else {
      damaged.push({ offset, bytes: line });
    }
    start = stop + 1;
  }
  return { lines, places, damaged };
}
