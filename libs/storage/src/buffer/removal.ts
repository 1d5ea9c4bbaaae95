/**
 * The end of a segment, once all of it is in the store and checkpointed: archive durable, then
 * unlink, then sync the directory. In this order a crash at any point leaves the segment, or its
 * archive, or both, and doing it again ends right. The directory is synced last, or a power cut
 * could bring the segment back: harmless, but replayed for nothing.
 */
import { dirname } from 'node:path';
import { unwritable } from './append-file.js';
import { archiveSegment } from './archive.js';
import type { CompressedCopy } from './compressed-copy.js';
import { errorCode, exists, nodeFileSystem, type FileSystem } from './file-system.js';

export interface ArchiveSettings {
  readonly archiveDir: string;
  /** 0: no archive is made. */
  readonly archiveDays: number;
}

/**
 * A segment that is gone already is no error. Throws StorageError `buffer_unwritable`; call again
 * later then. `begun` is an archive of it that was begun before.
 */
export async function removeSegment(
  path: string,
  options: ArchiveSettings & {
    readonly fs?: FileSystem;
    readonly begun?: CompressedCopy | undefined;
  },
): Promise<void> {
  const { archiveDir, archiveDays, fs = nodeFileSystem(), begun } = options;
  if (archiveDays > 0 && (await isThere(path, fs))) {
    await archiveSegment(path, archiveDir, fs, begun);
  }
  try {
    await fs.unlink(path).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
    });
    await fs.syncDirectory(dirname(path));
  } catch (error) {
    throw unwritable(path, 'cannot be removed', error);
  }
}

async function isThere(path: string, fs: FileSystem): Promise<boolean> {
  try {
    return await exists(path, fs);
  } catch (error) {
    throw unwritable(path, 'cannot be examined', error);
  }
}
