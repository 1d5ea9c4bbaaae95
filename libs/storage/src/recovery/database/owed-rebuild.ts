/**
 * A note beside a database that its rebuild is not finished. Nothing else could tell: a database
 * that is half rebuilt, or that a writer began anew in the meantime, looks as sound as any. It is
 * made before anything is moved, and removed when everything is replayed and what is beyond reach
 * is listed; what it says is for people, that it is there is what counts.
 */
import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, type FileSystem } from '../../buffer/file-system.js';
import { makeDurableDirectory } from '../../buffer/index.js';

const noteOf = (databasePath: string): string => `${databasePath}.rebuild-owed`;

/** What the note says, when there is one. */
export async function owedRebuild(databasePath: string): Promise<string | undefined> {
  try {
    return (await readFile(noteOf(databasePath), 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Durable when it resolves. */
export async function noteOwedRebuild(
  databasePath: string,
  why: string,
  fs: FileSystem,
): Promise<void> {
  await makeDurableDirectory(dirname(databasePath), fs);
  await writeDurably(noteOf(databasePath), `${why}\n`, fs);
}

export async function settleOwedRebuild(databasePath: string, fs: FileSystem): Promise<void> {
  await fs.unlink(noteOf(databasePath));
  await fs.syncDirectory(dirname(databasePath));
}

/** Whole or not at all, for a small file in a directory that exists. */
export async function writeDurably(path: string, text: string, fs: FileSystem): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await fs.rename(temporary, path);
  await fs.syncDirectory(dirname(path));
}
