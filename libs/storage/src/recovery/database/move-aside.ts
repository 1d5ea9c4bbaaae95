/**
 * Puts a database that is damaged, or to be replaced, out of the way under a dated name; it is never deleted, for there may be
 * more in it than anybody can read today.
 */
import { dirname } from 'node:path';
import { errorCode, exists, type FileSystem } from '../../buffer/file-system.js';

/**
 * Hold the database's lock exclusively. Resolves to the new name, durable. The write-ahead log goes
 * first: killed in between, what is left at the old place is a database without its log, which is
 * checked again, and not a log without its database, which SQLite would delete.
 */
export async function moveAside(
  path: string,
  why: 'damaged' | 'replaced',
  now: number,
  fs: FileSystem,
): Promise<string> {
  const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  let aside = `${path}.${why}-${date}`;
  for (let n = 2; await exists(aside, fs); n++) aside = `${path}.${why}-${date}-${n}`;
  for (const suffix of ['-wal', '-shm', '']) {
    try {
      await fs.rename(path + suffix, aside + suffix);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  await fs.syncDirectory(dirname(path));
  return aside;
}
