/**
 * A directory that is to hold files across a power cut: its own name, and those of the parents made
 * with it, have to be synced too, or all of it is gone with the first name that is missing.
 */
import { dirname, relative, resolve, sep } from 'node:path';
import { unwritable } from './append-file.js';
import { nodeFileSystem, type FileSystem } from './file-system.js';

/** Makes the directory if it is not there. Throws StorageError `buffer_unwritable`. */
export async function makeDurableDirectory(
  path: string,
  fs: FileSystem = nodeFileSystem(),
): Promise<void> {
  try {
    const first = await fs.makeDirectory(path);
    if (first === undefined) return;
    let parent = dirname(resolve(first));
    await fs.syncDirectory(parent);
    for (const name of relative(parent, dirname(resolve(path)))
      .split(sep)
      .filter(Boolean)) {
      parent = resolve(parent, name);
      await fs.syncDirectory(parent);
    }
  } catch (error) {
    throw unwritable(path, 'cannot be made', error);
  }
}
