/**
 * Reads a segment that a dead process left, line by line with positions, and tells apart what the
 * two kinds of bad bytes mean:
 *
 * - *torn*: bad bytes at the very end with no whole line after them. The process died (or the power
 *   went) while they were written; they were never synced, so never acknowledged.
 * - *bad*: a line that does not check, with whole lines after it. Something was damaged that may
 *   have been acknowledged: it has to be set aside and reported.
 *
 * Which one it is shows only further on, so at bad bytes the scanner looks ahead for the next whole
 * line; it remembers where that is, so nothing is read more than twice, and keeps nothing of what
 * it passes: memory is constant. A last line whose newline is missing but whose checksum holds is
 * whole. A line whose checksum holds but that this version does not understand is *bad* wherever it
 * stands: somebody meant it.
 */
import {
  decodeLine,
  LineScanner,
  type LineFault,
  type SessionRecord,
} from '@elmetron/protocol/offline';
import { StorageError } from '../errors.js';
import { messageOf, readRange } from './append-file.js';
import { nodeFileSystem, type FileSystem, type OpenFile } from './file-system.js';
import {
  DEFAULT_CHUNK_BYTES,
  linesIn,
  readLineBlocks,
  readLines,
  type LineBlock,
  type RawLine,
} from './line-reader.js';
import { cutIntoRuns, linesOfRun, type MeasurementRun } from './measurement-run.js';

interface Place {
  /** Position of the first byte in the file. */
  readonly offset: number;
  /** Position after the last byte, the newline included. */
  readonly end: number;
}

export type ScannedLine =
  /** A whole record; `line` without newline. */
  | (Place & { readonly kind: 'record'; readonly line: Buffer; readonly record: SessionRecord })
  /** A JSON object without `v`, `seq` and `crc`: perhaps the predecessor's. */
  | (Place & {
      readonly kind: 'foreign';
      readonly line: Buffer;
      readonly value: Readonly<Record<string, unknown>>;
    })
  /** Damage. `bytes` without newline; of an overlong line only its first MAX_LINE_BYTES. */
  | (Place & {
      readonly kind: 'bad';
      readonly bytes: Buffer;
      readonly code: LineFault;
      readonly reason: string;
    })
  /** All from here to the end of the file; `bytes` holds at most the first MAX_LINE_BYTES of it. */
  | (Place & { readonly kind: 'torn'; readonly bytes: Buffer });

export interface ScanOptions {
  /** Where to begin; a line must begin there. */
  readonly from?: number;
  readonly fs?: FileSystem;
  readonly chunkBytes?: number;
  /** The longest run of measurements, in lines. */
  readonly runLines?: number;
}

/** Throws StorageError `buffer_unreadable` when the file cannot be opened or read. */
export async function* scanSegment(
  path: string,
  options: ScanOptions = {},
): AsyncGenerator<ScannedLine> {
  for await (const pieces of scanSegmentPieces(path, options)) {
    for (const piece of pieces) {
      if (piece.kind === 'run') yield* linesOfRun(piece).map(classify);
      else yield piece;
    }
  }
}

/**
 * The lines of `scanSegment`, those that end in one chunk together, and of them the measurements of a session that
 * follow one another as runs. What it yields holds memory of the chunk's size.
 */
export async function* scanSegmentPieces(
  path: string,
  options: ScanOptions = {},
): AsyncGenerator<readonly (ScannedLine | MeasurementRun)[]> {
  const { from = 0, fs = nodeFileSystem() } = options;
  const { chunkBytes = DEFAULT_CHUNK_BYTES, runLines = Infinity } = options;
  const file = await readable(path, () => fs.open(path, 'r'));
  try {
    yield* scan({ path, file, from, chunkBytes, runLines });
  } finally {
    await file.close();
  }
}

interface Scan {
  readonly path: string;
  readonly file: OpenFile;
  readonly from: number;
  readonly chunkBytes: number;
  readonly runLines: number;
}

async function* scan({
  path,
  file,
  from,
  chunkBytes,
  runLines,
}: Scan): AsyncGenerator<readonly (ScannedLine | MeasurementRun)[]> {
  const blocks = readLineBlocks(file, from, chunkBytes);
  const scanner = new LineScanner();
  /** A whole line is known to begin here. */
  let wholeAhead = from;
  for (;;) {
    const next = await readable(path, () => blocks.next());
    if (next.done === true) return;
    const scanned: (ScannedLine | MeasurementRun)[] = [];
    for (const piece of piecesIn(next.value, scanner, runLines)) {
      if (piece.kind === 'bad' && !isWhole(piece) && piece.offset >= wholeAhead) {
        // What stands before it need not wait, nor get lost if the look ahead fails.
        if (scanned.length > 0) yield scanned.splice(0);
        const ahead = await readable(path, () => lookAhead(file, piece.end, chunkBytes));
        if (ahead.whole === undefined) {
          const { offset } = piece;
          const head = Math.min(ahead.end, offset + TORN_HEAD_BYTES);
          const bytes = await readable(path, () => readRange(file, offset, head));
          yield [{ kind: 'torn', offset, end: ahead.end, bytes }];
          return;
        }
        wholeAhead = ahead.whole;
      }
      scanned.push(piece);
    }
    if (scanned.length > 0) yield scanned;
  }
}

function piecesIn(
  read: RawLine | LineBlock,
  scanner: LineScanner,
  runLines: number,
): readonly (Classified | MeasurementRun)[] {
  if (read.kind === 'line') return [classify(read)];
  const pieces = cutIntoRuns(read, scanner.scan(read.bytes), runLines);
  return pieces.flatMap<Classified | MeasurementRun>((piece) =>
    piece.kind === 'run' ? [piece] : linesIn(piece).map(classify),
  );
}

const TORN_HEAD_BYTES = 65_536;

/** Where the next whole line begins, or where the file ends without one. */
async function lookAhead(
  file: OpenFile,
  from: number,
  chunkBytes: number,
): Promise<{ readonly whole?: number; readonly end: number }> {
  let end = from;
  for await (const raw of readLines(file, from, chunkBytes)) {
    end = raw.end;
    if (isWhole(classify(raw))) return { whole: raw.offset, end };
  }
  return { end };
}

type Classified = Exclude<ScannedLine, { kind: 'torn' }>;

function classify(raw: RawLine): Classified {
  const { offset, end, bytes } = raw;
  if (raw.overlong) {
    const reason = `${end - offset} bytes without a newline`;
    return { kind: 'bad', offset, end, bytes, code: 'too_long', reason };
  }
  const result = decodeLine(bytes);
  if (result.ok) return { kind: 'record', offset, end, line: bytes, record: result.record };
  const { code, reason } = result;
  const value = code === 'bad_crc' ? foreignObject(bytes) : undefined;
  if (value !== undefined) return { kind: 'foreign', offset, end, line: bytes, value };
  return { kind: 'bad', offset, end, bytes, code, reason };
}

/** Not torn: what fails later than length and checksum was written as it stands. */
function isWhole(line: Classified): boolean {
  return line.kind !== 'bad' || (line.code !== 'too_long' && line.code !== 'bad_crc');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function foreignObject(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  if (bytes[0] !== 0x7b) return undefined;
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    if (typeof value !== 'object' || value === null) return undefined;
    if ('v' in value || 'seq' in value || 'crc' in value) return undefined;
    return { ...value };
  } catch {
    return undefined;
  }
}

async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new StorageError(
      'buffer_unreadable',
      `${path} cannot be read (${messageOf(error)}). Check the permissions and the disk.`,
      { cause: error },
    );
  }
}
