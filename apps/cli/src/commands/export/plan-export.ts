/** Which readings of which sessions are meant, and how many there are. */
import { exportPart, type ExportSelection, type OpenDatabase } from '@elmetron/report';
import type { AppConfig } from '@elmetron/runtime';
import type { LoggedSession } from '@elmetron/storage';
import { CliError } from '../../cli-error.js';
import { chosenDatabase, findSession, someDatabase } from '../../databases.js';
import { parseInstant } from '../../time/parse-instant.js';
import type { ExportOptions } from './command.js';

export interface ExportPlan extends ExportSelection {
  readonly database: OpenDatabase;
  /** The one session that was asked for. */
  readonly session: LoggedSession | null;
}

/** Throws CliError `usage`, `not_there`. */
export function planExport(
  databases: readonly OpenDatabase[],
  storage: AppConfig['storage'],
  name: string | undefined,
  options: ExportOptions,
  now: number,
): ExportPlan {
  someDatabase(databases, storage);
  const since = instantOf(options.since, '--since', now);
  const until = instantOf(options.until, '--until', now);
  if (name === undefined && since === null && until === null) {
    throw new CliError(
      'usage',
      'Say what to export: "elmetron export latest", a session ("elmetron sessions" lists them), or --since and --until.',
    );
  }
  if (since !== null && until !== null && since >= until) {
    throw new CliError('usage', '--since has to be before --until.');
  }
  const { database, sessions } = chosen(databases, storage, name, options, { since, until });
  const parts = sessions
    .map((session) => exportPart(database, session, { since, until }))
    .filter(({ readings }) => readings > 0);
  const readings = parts.reduce((sum, part) => sum + part.readings, 0);
  const session = name === undefined ? null : (sessions[0] ?? null);
  if (readings === 0) throw nothing(database, session, options);
  return { database, parts, readings, since, until, session };
}

function chosen(
  databases: readonly OpenDatabase[],
  storage: AppConfig['storage'],
  name: string | undefined,
  options: ExportOptions,
  { since, until }: { readonly since: string | null; readonly until: string | null },
): { readonly database: OpenDatabase; readonly sessions: readonly LoggedSession[] } {
  const demo = options.demo === true;
  if (name !== undefined && name !== 'latest') {
    const { session, database } = findSession(databases, name, demo ? true : undefined);
    return { database, sessions: [session] };
  }
  const database = chosenDatabase(databases, storage, demo);
  if (name === 'latest') {
    const sessions = database.reader.sessions({ limit: 1 });
    if (sessions.length === 0) throw nothing(database, null, options);
    return { database, sessions };
  }
  const sessions = database.reader.sessions({
    ...(since === null ? {} : { since }),
    ...(until === null ? {} : { until }),
  });
  return { database, sessions: sessions.reverse() };
}

function nothing(
  { path, emulated }: OpenDatabase,
  session: LoggedSession | null,
  { demo }: ExportOptions,
): CliError {
  const what =
    session === null ? 'There are no readings' : `Session ${session.session_uid} has none`;
  const hint =
    emulated || demo === true
      ? ''
      : ' Readings of emulated meters are elsewhere: add --demo for them.';
  return new CliError('not_there', `${what} in that range in ${path}.${hint}`);
}

function instantOf(text: string | undefined, what: string, now: number): string | null {
  return text === undefined ? null : new Date(parseInstant(text, what, now)).toISOString();
}
