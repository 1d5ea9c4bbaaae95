/** `elmetron backup`: a checked copy of the database, under its name only when it is whole. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { count, size, withDatabases } from '@elmetron/report';
import { copyDatabase, nodeFileSystem, type CopiedDatabase } from '@elmetron/storage';
import { CliError, throwIfInterrupted } from '../../cli-error.js';
import type { CommandContext } from '../../context.js';
import { chosenDatabase } from '../../databases.js';
import { refuseTheOneInUse } from '../../disk/in-use.js';
import { newDatabasePath } from '../../disk/new-database.js';
import {
  notWritten,
  partialName,
  refuseToReplace,
  takeName,
  unlinkIfThere,
} from '../../disk/new-file.js';
import type { ExitCode } from '../../exit-codes.js';
import { progressBar } from '../../terminal/progress-bar.js';
import type { BackupOptions } from './command.js';

export async function backUp(
  context: CommandContext,
  { force = false, demo = false }: BackupOptions,
  file: string,
): Promise<ExitCode | undefined> {
  const { voice, clock } = context;
  const { app } = await context.config();
  const { storage } = app;
  const { path: from, emulated } = await withDatabases(storage, (databases) =>
    chosenDatabase(databases, storage, demo),
  );
  const madeAt = new Date(clock.now());
  const to = await newDatabasePath(file, emulated ? 'elmetron-demo' : 'elmetron', madeAt);
  await refuseTheOneInUse(to, app);
  await refuseToReplace(to, force);
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
