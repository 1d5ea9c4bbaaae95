/**
 * Whether somebody still writes to a file that no lock protects. Nothing can prove that nobody does:
 * the predecessor takes no lock. But it wrote a line with every answer of the meter, about every
 * 0.8 s; so a file that stayed as it is for some seconds, and while it was read, is taken as left.
 * A predecessor that runs beside a silent meter is not noticed: stop it before this system starts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecoveryContext } from './recovery-context.js';

export interface FileState {
  readonly size: number;
  readonly mtimeMs: number;
}

type Disk = Pick<RecoveryContext, 'fs' | 'clock' | 'quietMs' | 'signal'>;

export async function fileState(path: string, { fs }: Disk): Promise<FileState> {
  const { size, mtimeMs } = await fs.stat(path);
  return { size, mtimeMs };
}

/** Waits, if need be, until the file would have been left alone long enough, then looks again. */
export async function hasChanged(path: string, before: FileState, disk: Disk): Promise<boolean> {
  const age = disk.clock.now() - before.mtimeMs;
  const wait = Math.min(disk.quietMs, disk.quietMs - age);
  if (wait > 0) {
    await sleep(wait, undefined, disk.signal && { signal: disk.signal }).catch(() => undefined);
    // Told to stop before it was known: as good as changed.
    if (disk.signal?.aborted === true) return true;
  }
  const now = await fileState(path, disk);
  return now.size !== before.size || now.mtimeMs !== before.mtimeMs;
}
