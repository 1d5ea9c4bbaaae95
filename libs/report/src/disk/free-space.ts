/** How much room there is where the data lies, each disk once. */
import { stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

export interface DiskSpace {
  /** The first of the directories asked for that lie on it. */
  readonly path: string;
  readonly free_bytes: number;
  readonly total_bytes: number;
}

/** Of a directory that is not there yet, the disk on which it would be made. */
export async function freeSpace(directories: readonly string[]): Promise<DiskSpace[]> {
  const disks = new Map<number, DiskSpace>();
  for (const directory of directories) {
    const there = await nearest(resolve(directory));
    const { dev } = await stat(there);
    if (disks.has(dev)) continue;
    const { bavail, blocks, bsize } = await statfs(there);
    disks.set(dev, { path: directory, free_bytes: bavail * bsize, total_bytes: blocks * bsize });
  }
  return [...disks.values()];
}

/** The directory itself, or the first above it that exists. */
export async function nearest(directory: string): Promise<string> {
  for (let path = directory; ; path = dirname(path)) {
    try {
      await stat(path);
      return path;
    } catch (error) {
      if (path === dirname(path)) throw error;
    }
  }
}
