/**
 * Reads one spool file that an earlier life left: where its records lie, and what is no record. Bad
 * bytes are copied to the quarantine before anything else, then a torn end is cut off.
 */
import type { SessionRecord } from '@elmetron/protocol';
import { basename } from 'node:path';
import { unwritable } from '../buffer/append-file.js';
import type { FileSystem } from '../buffer/file-system.js';
import type { Quarantine } from '../buffer/quarantine.js';
import { scanSegment } from '../buffer/segment-scanner.js';
import { grow, type RecordBlock } from './record-index.js';

export type PlainBlock = Omit<RecordBlock, 'segment'>;

export interface ScannedFile {
  readonly path: string;
  /** Bytes, a torn end cut off. */
  readonly size: number;
  readonly startLine: Buffer | undefined;
  /** Where the start line ends, when the file begins with it; else 0. */
  readonly startBytes: number;
  /** In the order of the file. */
  readonly blocks: readonly PlainBlock[];
  /** The first record, the start aside. */
  readonly earliest: SessionRecord | undefined;
  readonly frame: string | undefined;
  /** Stretches of bytes that were set aside. */
  readonly damaged: number;
  /** One of them stands before the first record. */
  readonly damagedFront: boolean;
}

export interface ScanTask {
  readonly session: string;
  readonly path: string;
  /** Every record a block of its own. */
  readonly perLine: boolean;
  readonly fs: FileSystem;
  readonly quarantine: Quarantine;
}

/** Throws StorageError `buffer_unreadable`, `buffer_unwritable`, `sync_failed`. */
export async function scanSpoolFile(task: ScanTask): Promise<ScannedFile> {
  const { session, path, perLine, fs, quarantine } = task;
  const blocks: PlainBlock[] = [];
  let size = 0;
  let start: { readonly line: Buffer; readonly bytes: number } | undefined;
  let earliest: SessionRecord | undefined;
  let frame: string | undefined;
  let damaged = 0;
  let damagedFront = false;
  for await (const item of scanSegment(path, { fs })) {
    const { offset, end } = item;
    if (item.kind === 'record' && item.record.session === session) {
      const { record, line } = item;
      size = end;
      if (record.type === 'session_start') {
        // A copy: the line is a view of the much larger chunk that it was read in.
        start ??= { line: Buffer.from(line), bytes: offset === 0 ? end : 0 };
        continue;
      }
      earliest ??= record;
      if (record.type === 'measurement') frame ??= record.raw_frame_hex;
      const latest = perLine ? undefined : blocks.at(-1);
      const grown = latest && grow(latest, record.seq, offset, end);
      if (grown) blocks[blocks.length - 1] = grown;
      else blocks.push({ first: record.seq, last: record.seq, offset, end });
      continue;
    }
    damaged += 1;
    const reason = item.kind === 'bad' ? item.code : item.kind === 'torn' ? 'torn' : 'foreign';
    await quarantine.putRange({ reason, origin: basename(path), path, offset, end });
    if (item.kind === 'torn') {
      await cut(path, offset, fs);
    } else {
      size = end;
      damagedFront ||= blocks.length === 0;
    }
  }
  return {
    path,
    size,
    startLine: start?.line,
    startBytes: start?.bytes ?? 0,
    blocks,
    earliest,
    frame,
    damaged,
    damagedFront,
  };
}

async function cut(path: string, length: number, fs: FileSystem): Promise<void> {
  try {
    const file = await fs.open(path, 'r+');
    await file.truncate(length).finally(() => file.close());
  } catch (error) {
    throw unwritable(path, 'cannot be cut back to its last whole line', error);
  }
}
