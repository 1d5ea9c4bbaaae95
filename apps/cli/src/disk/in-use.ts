/**
 * What the capture itself lives from: no command writes a file of its own over it, whatever it was told. A
 * rename would take a database, the notes beside it, or a buffer from under the writer for good.
 */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { placesOf } from '@elmetron/report';
import type { AppConfig } from '@elmetron/runtime';
import { CliError } from '../cli-error.js';
import { isThere } from './new-file.js';

/** What lies beside a database and belongs to it, SQLite's files and ours. */
const BESIDES = ['', '-wal', '-shm', '-journal', '.lock', '.notes.jsonl', '.rebuild-owed'] as const;

/** Throws CliError `usage`. */
export async function refuseTheOneInUse(
  path: string,
  { storage, acquisition }: Pick<AppConfig, 'storage' | 'acquisition'>,
): Promise<void> {
  const wanted = await place(path);
  for (const [, database] of placesOf(storage)) {
    // A database may be a link to one elsewhere: what lies beside it lies there.
    for (const used of new Set([database, await realpath(database).catch(() => database)])) {
      for (const suffix of BESIDES) {
        if (!(await same(wanted, used + suffix))) continue;
        throw new CliError('usage', `${path} belongs to a database in use. Give another name.`);
      }
    }
  }
  for (const directory of [storage.captures_dir, acquisition.spool_dir]) {
    const inside = relative(await place(directory), wanted);
    if (inside.startsWith('..') || isAbsolute(inside) || !(await isThere(wanted))) continue;
    throw new CliError(
      'usage',
      `${path} is a file of the capture in ${directory}, where readings rest on their way. Give another name.`,
    );
  }
}

async function same(wanted: string, used: string): Promise<boolean> {
  if (wanted === (await place(used))) return true;
  const [one, other] = await Promise.all(
    [wanted, used].map((file) => stat(file).catch(() => undefined)),
  );
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
}

/** Also where a directory on the way has two names. */
async function place(path: string): Promise<string> {
  const directory = resolve(dirname(path));
  return join(await realpath(directory).catch(() => directory), basename(resolve(path)));
}
