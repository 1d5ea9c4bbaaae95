/**
 * Replays the archive into a database that was lost, batch by batch like any buffer. It may be cut
 * short and done again; what the database has already is a replay.
 */
import { exists } from '../../buffer/file-system.js';
import { RunLock } from '../../buffer/index.js';
import type { Stores } from '../../store/store.js';
import { bufferFormat } from '../buffer-format.js';
import { bufferProblems } from '../buffer-events.js';
import { nowhereStore } from '../nowhere-store.js';
import { newReader } from '../new-reader.js';
import { readThrough } from '../read-through.js';
import { inStore, type RecoveryContext } from '../recovery-context.js';
import type { RecoveryProgress } from '../summary.js';
import {
  archivedBuffers,
  archiveSaysEmulated,
  withUnpacked,
  type ArchivedBuffer,
} from './archived-buffers.js';

export interface ReplayedArchives {
  /** New to the database; in a dry run, all that the archives hold. */
  readonly measurements: number;
  /** Archives that could not be read to their end, with the reason. */
  readonly unreadable: readonly string[];
  /** Lines that are no records any more. */
  readonly damagedLines: number;
  /** False when it was told to stop before it was through. */
  readonly finished: boolean;
}

/** Stands for a rebuild as a run stands for a writer: of two recoveries one does it. */
const REBUILD_RUN = 'rebuild';

/**
 * Throws StorageError `lock_held` while another recovery does the same.
 * @param emulated which of the two databases was lost
 */
export async function rebuildDatabase(
  emulated: boolean,
  context: RecoveryContext,
  onProgress?: (progress: RecoveryProgress) => void,
): Promise<ReplayedArchives> {
  const { archiveDir } = context.archive;
  const archives = await archivedBuffers(archiveDir, context.fs);
  if (archives.length === 0 || context.dryRun)
    return replayArchives(archives, emulated, context, onProgress);
  const lock = RunLock.acquire(archiveDir, REBUILD_RUN);
  try {
    return await replayArchives(archives, emulated, context, onProgress);
  } finally {
    lock.release({ remove: true });
  }
}

export async function replayArchives(
  archives: readonly ArchivedBuffer[],
  emulated: boolean,
  context: RecoveryContext,
  onProgress?: (progress: RecoveryProgress) => void,
): Promise<ReplayedArchives> {
  const lost: RecoveryContext = { ...context, stores: onlyFor(emulated, context.stores) };
  const totalBytes = archives.reduce((sum, { size }) => sum + size, 0);
  const unreadable: string[] = [];
  let [measurements, damagedLines, bytes, finished] = [0, 0, 0, true];
  for (const archive of archives) {
    if (context.signal?.aborted === true) finished = false;
    if (!finished) break;
    onProgress?.({ path: archive.path, bytes, totalBytes });
    bytes += archive.size;
    const replayed = await unlessGone(archive, context, async () => {
      const word = await archiveSaysEmulated(archive.path);
      if (word === undefined || word === emulated) return replayArchive(archive, lost);
      return { measurements: 0, damagedLines: 0, damage: undefined, finished: true };
    });
    if (replayed === undefined) {
      unreadable.push(`${archive.path}: it was too old, and removed before it was read`);
      continue;
    }
    measurements += replayed.measurements;
    damagedLines += replayed.damagedLines;
    finished = replayed.finished;
    if (replayed.damage !== undefined) {
      unreadable.push(`${archive.path}: ${replayed.damage.message}`);
      context.log.error(
        { err: replayed.damage, path: archive.path },
        'An archived buffer is damaged; what stands before the damage was replayed',
      );
    }
  }
  return { measurements, damagedLines, unreadable, finished };
}

/** A living writer, or another recovery, removes archives that are too old. */
async function unlessGone<T>(
  { path }: ArchivedBuffer,
  { fs }: RecoveryContext,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (await exists(path, fs)) throw error;
    return undefined;
  }
}

interface ReplayedArchive {
  readonly measurements: number;
  readonly damagedLines: number;
  readonly damage: Error | undefined;
  readonly finished: boolean;
}

function replayArchive(
  archive: ArchivedBuffer,
  context: RecoveryContext,
): Promise<ReplayedArchive> {
  return withUnpacked(archive, context, async (buffer, damage) => {
    const format = await bufferFormat(buffer, context.fs);
    if (format === 'foreign') return { measurements: 0, damagedLines: 0, damage, finished: true };
    const reader = newReader(format, buffer, context);
    const finished = await readThrough(buffer, reader, context);
    const { account, stores, setAside } = reader;
    const [emulated = false] = stores;
    if (context.quarantine !== undefined) {
      // The database that is gone knew of these; the lines themselves are in the quarantine.
      for (const event of bufferProblems(account, buffer.name, context.clock.now())) {
        await inStore(context, emulated, (store) => store.recordEvent(event));
      }
    }
    return {
      measurements: account.inserted.measurements,
      damagedLines: account.damaged,
      damage: damage ?? setAside.problem,
      finished,
    };
  });
}

/** What an archive holds for the database that is not lost stands in that one. */
export function onlyFor(emulated: boolean, stores: Stores): Stores {
  return {
    get: (wanted) => (wanted === emulated ? stores.get(wanted) : Promise.resolve(nowhereStore)),
    close: () => stores.close(),
  };
}
