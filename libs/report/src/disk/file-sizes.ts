import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of a file; 0 when it is not there. */
export async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

export interface FilesIn {
  readonly files: number;
  readonly bytes: number;
}

/** The files of a directory whose names fit; none when there is no such directory. */
export async function filesIn(directory: string, fits: RegExp): Promise<FilesIn> {
  const names = await readdir(directory).catch(() => []);
  const sizes = await Promise.all(
    names.filter((name) => fits.test(name)).map((name) => fileSize(join(directory, name))),
  );
  return { files: sizes.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
}

/** A database with its write-ahead log. */
export async function databaseSize(path: string): Promise<number> {
  const [file, log] = await Promise.all([fileSize(path), fileSize(`${path}-wal`)]);
  return file + log;
}
