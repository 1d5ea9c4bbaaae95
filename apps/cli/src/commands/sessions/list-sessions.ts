/** `elmetron sessions`: what was recorded, the latest first. */
import { count, duration, withDatabases } from '@elmetron/report';
import type { LoggedSession } from '@elmetron/storage';
import { CliError } from '../../cli-error.js';
import type { CommandContext } from '../../context.js';
import { someDatabase, type FoundSession } from '../../databases.js';
import { EXIT, type ExitCode } from '../../exit-codes.js';
import { table } from '../../terminal/table.js';
import { localTime } from '../../time/local-time.js';
import { parseInstant } from '../../time/parse-instant.js';
import type { SessionsOptions } from './command.js';
import { stateOf } from './session-state.js';

export async function listSessions(
  context: CommandContext,
  options: SessionsOptions,
): Promise<ExitCode | undefined> {
  const { voice, clock } = context;
  const { storage } = (await context.config()).app;
  const now = clock.now();
  const instant = (text: string | undefined, what: string) =>
    text === undefined ? undefined : new Date(parseInstant(text, what, now)).toISOString();
  const since = instant(options.since, '--since');
  const until = instant(options.until, '--until');
  const limit = limitOf(options.limit);
  const { meter, unit, source } = options;
  const filter = {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(meter === undefined ? {} : { meter }),
    ...(unit === undefined ? {} : { unit }),
    ...(source === undefined ? {} : { source }),
    ...(limit === undefined ? {} : { limit: limit + 1 }),
  };
  return withDatabases(storage, (databases) => {
    someDatabase(databases, storage);
    const all: FoundSession[] = databases
      .flatMap((database) =>
        database.reader.sessions(filter).map((session) => ({ session, database })),
      )
      .sort((a, b) => (b.session.started_at ?? '').localeCompare(a.session.started_at ?? ''));
    const shown = all.slice(0, limit);
    if (voice.json) {
      for (const { session, database } of shown) {
        voice.value({ ...session, emulated: database.emulated });
      }
    } else if (shown.length > 0) {
      for (const line of sessionTable(shown, now)) voice.line(line);
    }
    if (all.length > shown.length) {
      voice.note('There are more; --limit all shows them, or narrow it down with --since.');
    }
    if (shown.length > 0) return undefined;
    const asked = [since, until, meter, unit, source].some((choice) => choice !== undefined);
    voice.complain(
      'not_there',
      asked
        ? 'No session fits. "elmetron sessions" alone lists the latest ones.'
        : 'There is no session yet, or all have been moved away by "elmetron prune".',
    );
    return EXIT.notThere;
  });
}

function limitOf(text: string): number | undefined {
  if (text === 'all') return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CliError('usage', `--limit ${text}: allowed are a number from 1 on, and "all".`);
}

function sessionTable(sessions: readonly FoundSession[], now: number): string[] {
  return table<FoundSession>(
    [
      { title: 'SESSION', of: ({ session }) => session.session_uid },
      { title: 'BEGAN', of: ({ session }) => started(session) },
      { title: 'LASTED', of: ({ session }) => lasted(session, now), right: true },
      { title: 'READINGS', of: ({ session }) => count(session.measurement_count), right: true },
      { title: 'METER', of: meterOf },
      { title: 'STATE', of: ({ session }) => stateOf(session) },
    ],
    sessions,
  );
}

function started({ started_at }: LoggedSession): string {
  return started_at === null ? '?' : localTime(started_at);
}

function lasted({ started_at, ended_at }: LoggedSession, now: number): string {
  if (started_at === null) return '?';
  return duration((ended_at === null ? now : Date.parse(ended_at)) - Date.parse(started_at));
}

function meterOf({ session, database }: FoundSession): string {
  const meter = `${session.model ?? '?'} ${session.serial ?? '?'}`;
  return database.emulated ? `${meter} (emulated)` : meter;
}
