/**
 * A rebuild that a person asks for: the preflight's own work, for databases that are missing or
 * damaged, or, when told so, for sound ones. What would do nothing or disturb a living writer is
 * refused with the way out.
 */
import { join } from 'node:path';
import { nodeFileSystem, type FileSystem } from '../buffer/file-system.js';
import { RunLock } from '../buffer/index.js';
import { StorageError } from '../errors.js';
import { checkDatabase } from '../store/index.js';
import { hasArchiveFor } from './database/archived-buffers.js';
import { owedRebuild } from './database/owed-rebuild.js';
import { findBuffers } from './found-buffers.js';
import { preflight, type PreflightOptions, type PreflightSummary } from './preflight.js';

export interface RebuildOptions extends PreflightOptions {
  /** Set sound databases aside and rebuild them, too. */
  readonly replaceSound: boolean;
  /** Only the database of real readings, or only that of emulated meters; both when not said. */
  readonly only?: 'real' | 'demo' | undefined;
}

/** Throws StorageError `rebuild_refused`, and as `preflight`. */
export async function rebuild(options: RebuildOptions): Promise<PreflightSummary> {
  const { only, replaceSound, capturesDir, fs = nodeFileSystem() } = options;
  const wanted = (emulated: boolean): boolean =>
    only === undefined || (only === 'demo') === emulated;
  if (replaceSound) await refuseBesideWriter(capturesDir, fs);
  else await refuseSound(options, wanted, fs);
  return preflight({ ...options, replace: (emulated) => replaceSound && wanted(emulated) });
}

/** What a living writer has in its buffers would be missing in the rebuilt database for a while. */
async function refuseBesideWriter(capturesDir: string, fs: FileSystem): Promise<void> {
  const { locks } = await findBuffers(capturesDir, fs);
  for (const run of locks) {
    const lock = RunLock.tryTake(capturesDir, run);
    lock?.release();
    if (lock !== undefined) continue;
    throw new StorageError(
      'rebuild_refused',
      `A writer is running on ${capturesDir}. Stop it first (pm2 stop writer), or make a new database beside the one in use with --into FILE.`,
    );
  }
}

async function refuseSound(
  { databasePath, demoDatabasePath, capturesDir, check }: RebuildOptions,
  wanted: (emulated: boolean) => boolean,
  fs: FileSystem,
): Promise<void> {
  const sound: string[] = [];
  for (const [path, emulated] of [
    [databasePath, false],
    [demoDatabasePath, true],
  ] as const) {
    if (!wanted(emulated)) continue;
    const { state } = await checkDatabase(path, check);
    if (state === 'damaged' || (await owedRebuild(path)) !== undefined) return;
    if (state !== 'missing') sound.push(path);
    else if (await somethingToRebuildFrom(emulated, capturesDir, fs)) return;
  }
  if (sound.length === 0) return;
  throw new StorageError(
    'rebuild_refused',
    `${sound.join(' and ')}: sound, nothing to rebuild and nothing changed. To make a new database beside it from archive and buffers: --into FILE. To set it aside and rebuild it: --replace.`,
  );
}

/** A buffer says only when it is read whose it is; to read it is what follows in any case. */
async function somethingToRebuildFrom(
  emulated: boolean,
  capturesDir: string,
  fs: FileSystem,
): Promise<boolean> {
  const { runs } = await findBuffers(capturesDir, fs);
  return runs.size > 0 || (await hasArchiveFor(emulated, join(capturesDir, 'archive'), fs));
}
