/** Which sessions go, which would have to but stay, and where to. */
import { dirname } from 'node:path';
import { withDatabases } from '@elmetron/report';
import type { AppConfig } from '@elmetron/runtime';
import { heldBack, nodeFileSystem, type LoggedSession } from '@elmetron/storage';
import type { CommandContext } from '../../context.js';
import { chosenDatabase } from '../../databases.js';
import { refuseTheOneInUse } from '../../disk/in-use.js';
import { newDatabasePath } from '../../disk/new-database.js';
import { refuseIfThere } from '../../disk/new-file.js';
import { parseInstant } from '../../time/parse-instant.js';
import type { PruneOptions } from './command.js';

export interface PrunePlan {
  readonly database: string;
  readonly emulated: boolean;
  /** UTC, ISO 8601. */
  readonly before: string;
  readonly archive: string;
  /** The oldest first. */
  readonly sessions: readonly LoggedSession[];
  readonly readings: number;
  readonly kept: readonly KeptSession[];
}

export interface KeptSession {
  readonly session: string;
  /** The rest of a sentence about it. */
  readonly why: string;
}

/** Throws CliError `usage`, `not_there`, `refused`. */
export async function planPrune(
  { clock }: Pick<CommandContext, 'clock'>,
  { storage, acquisition }: AppConfig,
  options: PruneOptions,
): Promise<PrunePlan> {
  const now = clock.now();
  const before = new Date(parseInstant(options.olderThan, '--older-than', now)).toISOString();
  const { path, emulated, old } = await withDatabases(storage, (databases) => {
    const { path, emulated, reader } = chosenDatabase(databases, storage, options.demo === true);
    return { path, emulated, old: reader.sessions({ endedBefore: before }).reverse() };
  });
  const stem = emulated ? 'elmetron-demo-pruned' : 'elmetron-pruned';
  const archive = await newDatabasePath(options.archive ?? dirname(path), stem, new Date(now));
  const places = { capturesDir: storage.captures_dir, spoolDir: acquisition.spool_dir };
  const held = await heldBack(places, nodeFileSystem());
  const kept = old.flatMap(({ session_uid: session }) => {
    const why = held(session);
    return why === undefined ? [] : [{ session, why }];
  });
  const sessions = old.filter(({ session_uid }) => held(session_uid) === undefined);
  if (sessions.length > 0) {
    await refuseTheOneInUse(archive, { storage, acquisition });
    await refuseIfThere(archive, 'Give another name (--archive).');
  }
  const readings = sessions.reduce((sum, { measurement_count: n }) => sum + n, 0);
  return { database: path, emulated, before, archive, sessions, readings, kept };
}
