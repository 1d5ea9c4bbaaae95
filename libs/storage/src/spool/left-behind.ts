/**
 * Reads what an earlier life of acquisition left in the spool. Every line that checks is offered
 * again; torn ends are cut off, damage is set aside and leaves a hole; what is missing before the
 * first record that is left was released. When in doubt a number counts as lost, not as released:
 * a false alarm, never a silent loss.
 */
import type { Log, SessionRecord } from '@elmetron/protocol';
import { join } from 'node:path';
import { StorageError } from '../errors.js';
import { unwritable } from '../buffer/append-file.js';
import type { FileSystem } from '../buffer/file-system.js';
import type { Quarantine } from '../buffer/quarantine.js';
import { RecordIndex } from './record-index.js';
import { scanSpoolFile, type PlainBlock, type ScannedFile } from './spool-scanner.js';
import { spoolFileName, type SpoolFileName, type SpoolFiles } from './spool-files.js';
import type { SpoolRoom } from './spool-room.js';
import { SpoolSegment } from './spool-segment.js';
import type { LeftBehind } from './spool-session.js';

export interface LeftSession {
  /** Undefined when the files hold no whole record; they are removed then. */
  readonly offered: Offered | undefined;
  /** Stretches of bytes that were set aside, torn ends among them, and files that cannot be read. */
  readonly damaged: number;
}

export interface Offered extends LeftBehind {
  /** Undefined when damage took it from every file. */
  readonly startLine: Buffer | undefined;
  /** The record of the lowest number that is left, the start aside. */
  readonly earliest: SessionRecord | undefined;
  /** The raw frame of a measurement, in hex. */
  readonly frame: string | undefined;
}

export interface Surroundings {
  readonly dir: string;
  readonly fs: FileSystem;
  readonly files: SpoolFiles;
  readonly room: SpoolRoom;
  readonly quarantine: Quarantine;
  readonly log: Log;
}

/** Throws StorageError `buffer_unwritable`, `sync_failed`. */
export async function readLeftBehind(
  session: string,
  found: readonly SpoolFileName[],
  around: Surroundings,
): Promise<LeftSession> {
  const sorted = [...found].sort((a, b) => a.first - b.first || a.copy - b.copy);
  let files = await scanAll(session, sorted, around, false);
  // A copy made after a failed sync, or what a cut left: then each line is looked at by itself.
  if (overlap(files)) files = await scanAll(session, sorted, around, true);

  const unread = found.length - files.length;
  const damaged = unread + files.reduce((sum, file) => sum + file.damaged, 0);
  const startLine = files.find((file) => file.startLine)?.startLine;
  if (startLine === undefined && files.every((file) => file.blocks.length === 0)) {
    // A begin that was killed half way; what the files held is in the quarantine.
    for (const { path } of files) {
      await around.fs.unlink(path).catch((error: unknown) => {
        throw unwritable(path, 'cannot be removed', error);
      });
    }
    return { offered: undefined, damaged };
  }

  const segments = files.map((file) =>
    SpoolSegment.found(
      { path: file.path, files: around.files, room: around.room },
      file.size,
      file.startBytes,
    ),
  );
  const blocks = inOrder(files, segments);
  const released = releasedBefore(sorted, files, blocks[0]?.first);
  const index = new RecordIndex();
  let next = Math.max(released + 1, 1);
  for (const { segment, first, last, offset, end } of blocks) {
    index.addHole({ from: next, to: first - 1 });
    index.insert({ segment, first, last, offset, end });
    segment.last = Math.max(segment.last, last);
    next = last + 1;
  }
  const earliest = files.find((file) => file.earliest)?.earliest;
  const frame = files.find((file) => file.frame)?.frame;
  const copies = Math.max(...sorted.map(({ copy }) => copy));
  return { offered: { segments, index, released, copies, startLine, earliest, frame }, damaged };
}

/** A file that cannot be read is moved aside: it must not keep the rest, and the next records, waiting. */
async function scanAll(
  session: string,
  found: readonly SpoolFileName[],
  around: Surroundings,
  perLine: boolean,
): Promise<ScannedFile[]> {
  const files: ScannedFile[] = [];
  for (const { first, copy } of found) {
    const path = join(around.dir, spoolFileName(session, first, copy));
    try {
      files.push(await scanSpoolFile({ session, path, perLine, ...around }));
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'buffer_unreadable') throw error;
      around.log.error({ path, err: error }, 'Spool file cannot be read; moved aside');
      await around.fs.rename(path, `${path}.unreadable`).catch(() => undefined);
    }
  }
  return files;
}

function inOrder(
  files: readonly ScannedFile[],
  segments: readonly SpoolSegment[],
): (PlainBlock & { readonly segment: SpoolSegment })[] {
  const all = segments.flatMap((segment, i) =>
    (files[i]?.blocks ?? []).map((block) => ({ ...block, segment })),
  );
  all.sort((a, b) => a.first - b.first);
  // Of several lines of one number (then every block is a line) the one written last counts; the sort is stable.
  return all.filter((block, i) => all[i + 1]?.first !== block.first);
}

function overlap(files: readonly ScannedFile[]): boolean {
  const blocks = files.flatMap((file) => file.blocks).sort((a, b) => a.first - b.first);
  return blocks.some((block, i) => block.last >= (blocks[i + 1]?.first ?? Infinity));
}

/** The highest number that was released for certain; -1 when the start line may not have been. */
function releasedBefore(
  found: readonly SpoolFileName[],
  files: readonly ScannedFile[],
  first: number | undefined,
): number {
  if (first === undefined || first === 1) return -1;
  const holder = files.findIndex((file) => file.blocks.some((block) => block.first === first));
  const lost =
    found.length > files.length ||
    // A file that was released would be gone: what an earlier one held is lost.
    files.slice(0, holder).some((file) => file.blocks.length === 0 || file.damaged > 0) ||
    files[holder]?.damagedFront === true;
  if (!lost) return first - 1;
  const base = found[0]?.first ?? 1;
  return base > 1 ? base - 1 : -1;
}
