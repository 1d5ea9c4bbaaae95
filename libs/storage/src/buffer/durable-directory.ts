/**
 * A directory that is to hold files across a power cut: its own name, and those of the parents made
 * with it, have to be synced too, or all of it is gone with the first name that is missing.
 */
import { dirname, relative, resolve, sep } from 'node:path';
import { unwritable } from './append-file.js';
import { errorCode, nodeFileSystem, type FileSystem } from './file-system.js';

/** Makes the directory if it is not there. Throws StorageError `buffer_unwritable`. */
export async function makeDurableDirectory(
  path: string,
  fs: FileSystem = nodeFileSystem(),
): Promise<void> {
  const full = resolve(path);
  try {
    const first = await fs.makeDirectory(full);
    if (first === undefined) {
      await syncFoundName(full, fs);
      return;
    }
    let parent = dirname(first);
    await fs.syncDirectory(parent);
    for (const name of relative(parent, dirname(full)).split(sep).filter(Boolean)) {
      parent = resolve(parent, name);
      await fs.syncDirectory(parent);
    }
  } catch (error) {
    throw unwritable(path, 'cannot be made', error);
  }
}

/** It may have been made by a process that was killed before it could sync; unless the parent is not ours to open. */
async function syncFoundName(path: string, fs: FileSystem): Promise<void> {
  try {
    await fs.syncDirectory(dirname(path));
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
  }
}
