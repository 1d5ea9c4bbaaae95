/** `elmetron backup`: a checked copy of the database, under its name only when it is whole. */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { AppConfig } from '@elmetron/runtime';
import { copyDatabase, nodeFileSystem, type CopiedDatabase } from '@elmetron/storage';
import { CliError, throwIfInterrupted } from '../../cli-error.js';
import type { CommandContext } from '../../context.js';
import { chosenDatabase, placesOf, withDatabases } from '../../databases.js';
import {
  notWritten,
  partialName,
  refuseIfThere,
  takeName,
  unlinkIfThere,
} from '../../disk/new-file.js';
import type { ExitCode } from '../../exit-codes.js';
import { progressBar } from '../../terminal/progress-bar.js';
import { count, size } from '../../terminal/quantities.js';
import type { BackupOptions } from './command.js';

export async function backUp(
  context: CommandContext,
  { force = false, demo = false }: BackupOptions,
  file: string,
): Promise<ExitCode | undefined> {
  const { voice, clock } = context;
  const { storage } = (await context.config()).app;
  const { path: from, emulated } = await withDatabases(storage, (databases) =>
    chosenDatabase(databases, storage, demo),
  );
  const madeAt = new Date(clock.now());
  const to = await placeFor(file, emulated, madeAt);
  await refuseTheOneInUse(to, storage);
  if (!force) await refuseIfThere(to);
  const copied = await copyInto(context, from, to, force);
  const { sessions = 0, measurements = 0 } = copied.rows;
  if (voice.json) {
    voice.value({ file: to, database: from, emulated, at: madeAt.toISOString(), ...copied });
  } else {
    const of = emulated ? ' of emulated meters' : '';
    voice.line(
      `${to}: ${count(measurements)} readings${of} of ${count(sessions)} session(s), ${size(copied.bytes)}; checked`,
    );
  }
  return undefined;
}

const SQLITES_OWN = ['', '-wal', '-shm', '-journal', '.lock'] as const;

/** Nor SQLite's own files beside it: with --force they would be taken from under the writer. */
async function refuseTheOneInUse(to: string, storage: AppConfig['storage']): Promise<void> {
  const wanted = await place(to);
  for (const [, database] of placesOf(storage)) {
    const used = await place(database);
    if (SQLITES_OWN.some((suffix) => wanted === used + suffix)) {
      throw new CliError('usage', `${to} belongs to a database in use. Give another name.`);
    }
  }
}

/** Also where a directory on the way has two names. */
async function place(path: string): Promise<string> {
  const directory = resolve(dirname(path));
  return join(await realpath(directory).catch(() => directory), basename(path));
}

/** A directory gets a file named by the moment. */
async function placeFor(file: string, emulated: boolean, at: Date): Promise<string> {
  const there = await stat(file).catch(() => undefined);
  if (there?.isDirectory() !== true) return file;
  const moment = at.toISOString().replace(/[-:]|\.\d+/g, '');
  return join(file, `elmetron-${emulated ? 'demo-' : ''}${moment}.sqlite`);
}

async function copyInto(
  { voice, signal }: CommandContext,
  from: string,
  to: string,
  force: boolean,
): Promise<CopiedDatabase> {
  const partial = partialName(to);
  await stat(dirname(partial)).catch((cause: unknown) => {
    throw notWritten(`${to} cannot be made`, cause);
  });
  let bar: ReturnType<typeof progressBar> | undefined;
  try {
    const copied = await copyDatabase({
      from,
      to: partial,
      signal,
      onProgress: (done, total) => (bar ??= progressBar(voice, 'Copying', total)).show(done),
      onCheck: () => {
        bar?.end();
        voice.note('Checking the copy ...');
      },
    });
    throwIfInterrupted(signal);
    if (copied === undefined) throw new CliError('interrupted', 'Interrupted.');
    await takeName(partial, to, force);
    await nodeFileSystem().syncDirectory(dirname(to));
    return copied;
  } catch (error) {
    await unlinkIfThere(partial).catch(() => undefined);
    throw error;
  } finally {
    bar?.end();
  }
}
