/** The two databases that there may be, of real meters and of emulated ones: they never mix. */
import type { AppConfig } from '@elmetron/runtime';
import { StorageError, StoreReader } from '@elmetron/storage';

export interface OpenDatabase {
  readonly emulated: boolean;
  readonly path: string;
  readonly reader: StoreReader;
}

export type DatabasePaths = Pick<AppConfig['storage'], 'database_path' | 'demo_database_path'>;

/**
 * Opens those that are there. Resolves to what `work` gives; all databases are closed then.
 * Throws StorageError for one that is there and cannot be read.
 */
export async function withDatabases<T>(
  storage: DatabasePaths,
  work: (databases: readonly OpenDatabase[]) => T | Promise<T>,
): Promise<T> {
  const open: OpenDatabase[] = [];
  try {
    for (const [emulated, path] of placesOf(storage)) {
      const reader = openIfThere(path);
      if (reader !== undefined) open.push({ emulated, path, reader });
    }
    return await work(open);
  } finally {
    for (const { reader } of open) reader.close();
  }
}

/** Where they are or would be, the one of real meters first. */
export function placesOf(
  storage: DatabasePaths,
): readonly (readonly [emulated: boolean, path: string])[] {
  return [
    [false, storage.database_path],
    [true, storage.demo_database_path],
  ];
}

function openIfThere(path: string): StoreReader | undefined {
  try {
    return StoreReader.open(path);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'store_missing') return undefined;
    throw error;
  }
}
