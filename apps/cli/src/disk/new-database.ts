/** Where a new database file goes that a person asked for: a copy, an archive. */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { AppConfig } from '@elmetron/runtime';
import { CliError } from '../cli-error.js';
import { placesOf } from '../databases.js';

/** A directory gets a file named by the moment. */
export async function newDatabasePath(file: string, stem: string, at: Date): Promise<string> {
  const there = await stat(file).catch(() => undefined);
  return there?.isDirectory() === true ? join(file, datedName(stem, at)) : file;
}

/** `elmetron-20261127T123751Z.sqlite`. */
export function datedName(stem: string, at: Date): string {
  return `${stem}-${at.toISOString().replace(/[-:]|\.\d+/g, '')}.sqlite`;
}

const SQLITES_OWN = ['', '-wal', '-shm', '-journal', '.lock'] as const;

/**
 * Nor SQLite's own files beside it: they would be taken from under the writer.
 * @throws CliError `usage`
 */
export async function refuseTheOneInUse(
  path: string,
  storage: AppConfig['storage'],
): Promise<void> {
  const wanted = await place(path);
  for (const [, database] of placesOf(storage)) {
    const used = await place(database);
    if (SQLITES_OWN.some((suffix) => wanted === used + suffix)) {
      throw new CliError('usage', `${path} belongs to a database in use. Give another name.`);
    }
  }
}

/** Also where a directory on the way has two names. */
async function place(path: string): Promise<string> {
  const directory = resolve(dirname(path));
  return join(await realpath(directory).catch(() => directory), basename(path));
}
