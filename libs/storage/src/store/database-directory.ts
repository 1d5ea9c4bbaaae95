/**
 * Makes the directory that a database lies in. A directory made but not synced into its parent is
 * gone after a power cut, with every synced commit below it.
 */
import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StorageError } from '../errors.js';

export function makeDatabaseDirectory(databasePath: string): void {
  const directory = dirname(resolve(databasePath));
  try {
    const first = mkdirSync(directory, { recursive: true });
    if (first === undefined) return;
    for (let made = directory; made.length >= first.length; made = dirname(made)) {
      syncDirectory(dirname(made));
    }
  } catch (error) {
    throw new StorageError(
      'store_unwritable',
      `The directory of the database ${databasePath} cannot be made; look at the permissions, or choose another place. (${String(error)})`,
      { cause: error },
    );
  }
}

/** Windows opens no directory for syncing, and needs not: NTFS journals names itself. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
