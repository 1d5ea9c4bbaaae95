/** Where a new database file goes that a person asked for: a copy, an archive. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A directory gets a file named by the moment. */
export async function newDatabasePath(file: string, stem: string, at: Date): Promise<string> {
  const there = await stat(file).catch(() => undefined);
  return there?.isDirectory() === true ? join(file, datedName(stem, at)) : file;
}

/** `elmetron-20261127T123751Z.sqlite`. */
export function datedName(stem: string, at: Date): string {
  return `${stem}-${at.toISOString().replace(/[-:]|\.\d+/g, '')}.sqlite`;
}
