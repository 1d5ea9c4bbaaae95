/** `elmetron note`, `rename` and `set`: what people say of a session. */
import { userInfo } from 'node:os';
import { silentLog } from '@elmetron/protocol/offline';
import { withDatabases } from '@elmetron/report';
import { annotate, type Annotated, type Said } from '@elmetron/storage';
import { CliError } from '../../cli-error.js';
import type { CommandContext } from '../../context.js';
import { findSession, someDatabase } from '../../databases.js';
import type { ExitCode } from '../../exit-codes.js';
import { parseInstant } from '../../time/parse-instant.js';
import type { NoteOptions, SetOptions } from './command.js';

/** More than any journal of a laboratory has in one place. */
const LONGEST = 10_000;

export async function writeNote(
  context: CommandContext,
  options: NoteOptions,
  session: string,
  text: string,
): Promise<ExitCode | undefined> {
  const note = checked(text, 'The note');
  const { at } = options;
  const moment = at === undefined ? {} : { at: parseInstant(at, '--at', context.clock.now()) };
  return say(context, session, options.author, { note, ...moment }, 'Noted');
}

export async function renameSession(
  context: CommandContext,
  options: Omit<SetOptions, 'session'>,
  session: string,
  name: string,
): Promise<ExitCode | undefined> {
  const value = checked(name, 'The name');
  return say(context, session, options.author, { key: 'name', value }, `Named "${value}"`);
}

export async function setFact(
  context: CommandContext,
  options: SetOptions,
  key: string,
  given: string | undefined,
): Promise<ExitCode | undefined> {
  const named = checked(key, 'The key');
  const value = given === undefined ? null : asValue(checked(given, 'The value'));
  const what = value === null ? `Took back ${named}` : `Set ${named} = ${value}`;
  return say(context, options.session, options.author, { key: named, value }, what);
}

async function say(
  context: CommandContext,
  name: string,
  author: string | undefined,
  said: Omit<Said, 'session' | 'author'>,
  what: string,
): Promise<ExitCode | undefined> {
  const { voice, clock } = context;
  const { storage } = (await context.config()).app;
  const [session, databasePath] = await withDatabases(storage, (databases) => {
    someDatabase(databases, storage);
    const found = findSession(databases, name, undefined);
    return [found.session.session_uid, found.database.path] as const;
  });
  const done = await annotate(
    { session, author: author ?? currentUser(), ...said },
    { databasePath, clock, log: silentLog },
  );
  if (voice.json) voice.value({ ...done.annotation, stored: done.stored, reason: done.reason });
  else voice.line(`${what}: session ${session}`);
  if (!done.stored) voice.note(behind(done));
  return undefined;
}

function behind({ reason }: Annotated): string {
  return `It is kept in the journal beside the database, and comes into the database with the next note or start of the writer. ${reason ?? ''}`;
}

function checked(text: string, what: string): string {
  const said = text.trim();
  if (said !== '' && said.length <= LONGEST) return said;
  throw new CliError('usage', `${what} has to have 1 to ${LONGEST} characters.`);
}

/** "7" is a number; "007" and "1e400" are not, for they would come back as something else. */
function asValue(text: string): string | number {
  return String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text;
}

function currentUser(): string | null {
  try {
    return userInfo().username;
  } catch {
    // A user id without a name, as in a container.
    return null;
  }
}
