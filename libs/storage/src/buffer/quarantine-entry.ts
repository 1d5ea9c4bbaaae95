/**
 * What is written of the bytes that are set aside: one line of JSON each, text where they are text,
 * hex where they are not, so that a person can read it and a tool can restore it. Position, length
 * and checksum are its key: the same bytes of the same place are kept once.
 */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { messageOf, readRange } from './append-file.js';
import type { FileSystem, OpenFile } from './file-system.js';
import { StorageError } from '../errors.js';

export interface QuarantineEntry {
  /** What is wrong: a code or a sentence. */
  readonly reason: string;
  /** Where it comes from: the name of a buffer file, or of a source and session. */
  readonly origin: string;
  /** Where in it: an offset, or a sequence number. */
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** A stretch of a file, of any length. */
export interface QuarantineRange {
  readonly reason: string;
  readonly origin: string;
  readonly path: string;
  readonly offset: number;
  readonly end: number;
}

export interface EntryLine {
  readonly key: string;
  /** With its newline. */
  readonly text: string;
}

/** The longest line that is read back whole; longer ones are kept, but not known again. */
export const ENTRY_LINE_BYTES = 1_048_576;
const PIECE_BYTES = 32_768;
const ZEROS = Buffer.alloc(PIECE_BYTES);

/** @param at UTC, ISO 8601 */
export function entryLine(
  { reason, origin, position, bytes }: QuarantineEntry,
  at: string,
): EntryLine {
  const content = isUtf8(bytes)
    ? { utf8: Buffer.from(bytes).toString() }
    : { hex: Buffer.from(bytes).toString('hex') };
  const crc = crc32(bytes).toString(16).padStart(8, '0');
  return line({ position, length: bytes.length, crc, at, origin, reason, ...content });
}

/** The entries of a stretch of a file, in constant memory; a run of zeros is one entry without bytes. */
export async function* rangeLines(
  range: QuarantineRange,
  at: string,
  fs: FileSystem,
): AsyncGenerator<EntryLine> {
  const { reason, origin, path, offset, end } = range;
  const zeros = (from: number, to: number): EntryLine =>
    line({ position: from, length: to - from, crc: 'zeros', at, origin, reason });
  let zerosFrom: number | undefined;
  let position = offset;
  const file = await openToRead(path, fs);
  try {
    while (position < end) {
      const bytes = await readRange(file, position, Math.min(end, position + PIECE_BYTES));
      if (bytes.length === 0) break;
      if (bytes.equals(ZEROS.subarray(0, bytes.length))) {
        zerosFrom ??= position;
      } else {
        if (zerosFrom !== undefined) yield zeros(zerosFrom, position);
        zerosFrom = undefined;
        yield entryLine({ reason, origin, position, bytes }, at);
      }
      position += bytes.length;
    }
    if (zerosFrom !== undefined) yield zeros(zerosFrom, position);
  } finally {
    await file.close();
  }
}

/** The key of a line that was written before; undefined when it is none. */
export function entryKey(text: Buffer): string | undefined {
  try {
    const entry: unknown = JSON.parse(text.toString());
    if (typeof entry !== 'object' || entry === null) return undefined;
    if (!('position' in entry && 'length' in entry && 'crc' in entry)) return undefined;
    return keyOf(entry);
  } catch {
    return undefined;
  }
}

/** The file that an origin's entries go to; names of origins may hold what file names may not. */
export function quarantineFileName(origin: string): string {
  const safe = origin.replaceAll(/[^0-9A-Za-z._+-]/g, '_').slice(0, 180);
  const tag = createHash('sha256').update(origin).digest('hex').slice(0, 8);
  return safe === origin ? `${safe}.jsonl` : `${safe}.${tag}.jsonl`;
}

interface Key {
  readonly position: unknown;
  readonly length: unknown;
  readonly crc: unknown;
}

function line(entry: Key & Readonly<Record<string, unknown>>): EntryLine {
  return { key: keyOf(entry), text: `${JSON.stringify(entry)}\n` };
}

function keyOf({ position, length, crc }: Key): string {
  return [position, length, crc].map(String).join(':');
}

async function openToRead(path: string, fs: FileSystem): Promise<OpenFile> {
  try {
    return await fs.open(path, 'r');
  } catch (error) {
    throw new StorageError('buffer_unreadable', `${path} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
