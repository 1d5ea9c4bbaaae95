/** Takes a batch apart into records. */
import { decodeLine, type SessionRecord } from '@elmetron/protocol/offline';
import { StorageError } from '../errors.js';
import { piecesOf, type CommitBatch } from './store.js';

export interface RecordLine {
  /** Without newline; a view of the batch. */
  readonly line: Uint8Array;
  readonly record: SessionRecord;
}

const NEWLINE = 0x0a;

/** Of all pieces of a batch, in their order. Throws StorageError `bad_line`. */
export function readBatch(batch: CommitBatch): RecordLine[] {
  return piecesOf(batch).flatMap((lines) => readRecordLines(lines));
}

function readRecordLines(lines: Uint8Array): RecordLine[] {
  const found: RecordLine[] = [];
  for (let start = 0; start < lines.length;) {
    const newline = lines.indexOf(NEWLINE, start);
    const end = newline === -1 ? lines.length : newline;
    found.push(readRecordLine(lines.subarray(start, end)));
    start = end + 1;
  }
  return found;
}

/** Throws StorageError `bad_line`: whoever fills the store sets bad lines aside before. */
export function readRecordLine(line: Uint8Array): RecordLine {
  const result = decodeLine(line);
  if (result.ok) return { line, record: result.record };
  throw new StorageError(
    'bad_line',
    `A line given to the store is no record (${result.code}: ${result.reason}); nothing of its batch was stored.`,
  );
}
