/**
 * Which database and which session a command line means. The databases of real and of emulated meters never
 * mix: where one of them is meant, it is the real one unless the person says otherwise.
 */
import { placesOf, type DatabasePaths, type OpenDatabase } from '@elmetron/report';
import type { LoggedSession } from '@elmetron/storage';
import { CliError } from './cli-error.js';

export interface FoundSession {
  readonly session: LoggedSession;
  readonly database: OpenDatabase;
}

/** Throws CliError `not_there` when nothing has been recorded at all. */
export function someDatabase(databases: readonly OpenDatabase[], storage: DatabasePaths): void {
  if (databases.length > 0) return;
  const [real, demo] = placesOf(storage).map(([, path]) => path);
  throw new CliError(
    'not_there',
    `Nothing has been recorded yet: there is neither ${real ?? ''} nor ${demo ?? ''} (of emulated meters).`,
  );
}

/** The one database that is meant when no session says which. Throws CliError `not_there`. */
export function chosenDatabase(
  databases: readonly OpenDatabase[],
  storage: DatabasePaths,
  demo: boolean,
): OpenDatabase {
  someDatabase(databases, storage);
  const chosen = databases.find(({ emulated }) => emulated === demo);
  if (chosen !== undefined) return chosen;
  throw new CliError(
    'not_there',
    demo
      ? `No emulated meter has been recorded: there is no ${storage.demo_database_path}. Leave out --demo for real meters.`
      : `No real meter has been recorded: there is no ${storage.database_path}. Add --demo for readings of emulated meters.`,
  );
}

/** As many names as a person would look at. */
const SHOWN = 5;

/**
 * The one session whose name begins so, of either database; `latest` stands for the one that began last.
 * Throws CliError `not_there`, or `usage` when several names begin so.
 */
export function findSession(
  databases: readonly OpenDatabase[],
  name: string,
  demo: boolean | undefined,
): FoundSession {
  // Every name begins with nothing: a script's empty variable would mean whatever session there is.
  if (name.trim() === '') {
    throw new CliError(
      'usage',
      'The name of the session is empty; "elmetron sessions" lists them.',
    );
  }
  const found = databases
    .filter(({ emulated }) => demo === undefined || emulated === demo)
    .flatMap((database) => named(database, name).map((session) => ({ session, database })));
  const [first, ...others] =
    name === 'latest' ? found.sort((a, b) => order(b.session, a.session)).slice(0, 1) : found;
  if (first === undefined) {
    throw new CliError(
      'not_there',
      name === 'latest'
        ? 'There is no session yet.'
        : `There is no session ${name}; "elmetron sessions" lists them.`,
    );
  }
  if (others.length === 0) return first;
  const names = [first, ...others].slice(0, SHOWN).map(({ session }) => session.session_uid);
  const more = others.length >= SHOWN ? ' and more' : '';
  throw new CliError(
    'usage',
    `Several sessions begin with ${name}: ${names.join(', ')}${more}. Give more of the name.`,
  );
}

function named({ reader }: OpenDatabase, name: string): LoggedSession[] {
  return name === 'latest'
    ? reader.sessions({ limit: 1 })
    : reader.sessionsBeginning(name, SHOWN + 1);
}

function order(a: LoggedSession, b: LoggedSession): number {
  return (a.started_at ?? '').localeCompare(b.started_at ?? '');
}
