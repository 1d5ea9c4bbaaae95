/**
 * Measurements of one session that follow one another in number as they do in the file: what nearly all of a buffer is.
 * Taken as one they cost a fraction of what they cost line by line.
 */
import {
  bytesOf,
  isMeasurement,
  lengthOf,
  partOf,
  sameBytes,
  seqOf,
  sessionPlace,
  textAt,
  type LineTable,
} from '@elmetron/protocol/offline';
import { linesIn, type LineBlock, type RawLine } from './line-reader.js';

export interface MeasurementRun {
  readonly kind: 'run';
  /** Position of the first byte in the file, and after the last one. */
  readonly offset: number;
  readonly end: number;
  readonly session: string;
  /** Number of the first one; those after it have the next ones. */
  readonly first: number;
  /** Whole lines, each ended by a newline. */
  readonly bytes: Buffer;
  /** What they say; each is a measurement. */
  readonly table: LineTable;
}

/** All of a block in its order: the runs in it, of at most `runLines` lines, and what lies between them. */
export function cutIntoRuns(
  { offset, bytes }: LineBlock,
  table: LineTable,
  runLines: number,
): (MeasurementRun | LineBlock)[] {
  const pieces: (MeasurementRun | LineBlock)[] = [];
  let start = 0;
  for (let from = 0; from < table.lines;) {
    const to = Math.min(endOfPiece(table, from, start, bytes), from + runLines);
    const part = partOf(table, from, to);
    const size = bytesOf(part);
    const place = { offset: offset + start, bytes: bytes.subarray(start, start + size) };
    if (isMeasurement(table, from)) {
      const session = textAt(place.bytes, ...sessionPlace(part, 0));
      const first = seqOf(part, 0);
      const end = place.offset + size;
      pieces.push({ kind: 'run', ...place, end, session, first, table: part });
    } else {
      pieces.push({ kind: 'block', ...place });
    }
    start += size;
    from = to;
  }
  return pieces;
}

/** The lines of a run one by one. */
export function linesOfRun({ offset, bytes }: MeasurementRun): RawLine[] {
  return linesIn({ kind: 'block', offset, bytes });
}

/** The line behind the last one that is of the same piece as line `from`, which begins at `start`. */
function endOfPiece(table: LineTable, from: number, start: number, bytes: Buffer): number {
  const measurement = isMeasurement(table, from);
  let to = from + 1;
  let at = start + lengthOf(table, from) + 1;
  for (; to < table.lines && isMeasurement(table, to) === measurement; to++) {
    if (measurement && !followsOn(table, to, at, bytes)) break;
    at += lengthOf(table, to) + 1;
  }
  return to;
}

/** Whether the line at `at` is the next one of the session of the line before it. */
function followsOn(table: LineTable, line: number, at: number, bytes: Buffer): boolean {
  if (seqOf(table, line) !== seqOf(table, line - 1) + 1) return false;
  const before = at - lengthOf(table, line - 1) - 1;
  const [from, to] = sessionPlace(table, line);
  const [fromBefore, toBefore] = sessionPlace(table, line - 1);
  if (to - from !== toBefore - fromBefore) return false;
  return sameBytes(bytes, at + from, at + to, bytes, before + fromBefore);
}
