/** `elmetron sessions show`: all that is known of one session, but for its readings. */
import { count, duration, withDatabases } from '@elmetron/report';
import type { LoggedAnnotation, LoggedEvent, LoggedReading, UnitSummary } from '@elmetron/storage';
import type { CommandContext } from '../../context.js';
import { findSession, someDatabase, type FoundSession } from '../../databases.js';
import type { ExitCode } from '../../exit-codes.js';
import { pairs, table } from '../../terminal/table.js';
import type { Voice } from '../../terminal/voice.js';
import { localTime } from '../../time/local-time.js';
import type { ShowOptions } from './command.js';
import { stateOf } from './session-state.js';

/** Of the events so many are shown, the last ones. */
const EVENTS = 10;

export async function showSession(
  context: CommandContext,
  options: ShowOptions,
  name: string,
): Promise<ExitCode | undefined> {
  const { voice } = context;
  const { storage } = (await context.config()).app;
  return withDatabases(storage, (databases) => {
    someDatabase(databases, storage);
    const found = findSession(databases, name, undefined);
    const about = lookInto(found);
    if (voice.json) {
      const { emulated, path } = found.database;
      voice.value({ ...found.session, emulated, database: path, ...about });
    } else {
      say(voice, found, about, context.clock.now(), options.events === true);
    }
    return undefined;
  });
}

interface About {
  readonly metadata: Readonly<Record<string, string | number>>;
  readonly notes: readonly LoggedAnnotation[];
  readonly units: readonly UnitSummary[];
  readonly last_reading: (Omit<LoggedReading, 'raw_frame'> & { readonly raw_frame: string }) | null;
  readonly events: readonly LoggedEvent[];
}

function lookInto({ session, database: { reader } }: FoundSession): About {
  const uid = session.session_uid;
  const last = reader.lastReading(uid);
  return {
    metadata: reader.metadata(uid),
    notes: reader.annotations(uid).filter(({ key }) => key === null),
    units: reader.units(uid),
    last_reading:
      last === undefined ? null : { ...last, raw_frame: last.raw_frame.toString('hex') },
    events: reader.events(uid),
  };
}

function say(
  voice: Voice,
  { session, database }: FoundSession,
  about: About,
  now: number,
  allEvents: boolean,
): void {
  const { colours } = voice;
  const { started_at, ended_at } = session;
  const end = ended_at === null ? now : Date.parse(ended_at);
  const recovered =
    session.recovered_count === 0
      ? ''
      : `, ${count(session.recovered_count)} of them recovered after a crash`;
  const lines: [string, string][] = [
    ['Session', session.session_uid],
    [
      'Meter',
      `${session.model ?? '?'} ${session.serial ?? '?'}${database.emulated ? ' (emulated)' : ''}`,
    ],
    ['Source', `${session.source ?? '?'}, profile ${session.profile ?? '?'}`],
    ['Began', started_at === null ? '?' : localTime(started_at)],
    ['Ended', ended_at === null ? 'still open' : `${localTime(ended_at)} (${stateOf(session)})`],
    ['Lasted', started_at === null ? '?' : duration(end - Date.parse(started_at))],
    ['Readings', `${count(session.measurement_count)}${recovered}`],
    ['Database', database.path],
    ...Object.entries(about.metadata).map(([key, value]): [string, string] => [key, String(value)]),
  ];
  for (const line of pairs(lines)) voice.line(line);
  if (about.units.length > 0) {
    voice.line();
    for (const line of unitTable(about.units)) voice.line(line);
  }
  if (about.notes.length > 0) {
    voice.line();
    for (const { at, author, text } of about.notes) {
      voice.line(`${localTime(at)}  ${text}${author === null ? '' : colours.dim(` (${author})`)}`);
    }
  }
  if (about.events.length > 0) {
    voice.line();
    const shown = allEvents ? about.events : about.events.slice(-EVENTS);
    for (const event of shown) voice.line(eventLine(event, colours));
    if (shown.length < about.events.length) {
      voice.note(`${about.events.length - shown.length} earlier events; --events shows them`);
    }
  }
}

function unitTable(units: readonly UnitSummary[]): string[] {
  const figure = (value: number | null) =>
    value === null ? '-' : String(Number(value.toPrecision(6)));
  return table<UnitSummary>(
    [
      { title: 'UNIT', of: ({ unit }) => (unit === '' ? '(none)' : unit) },
      { title: 'READINGS', of: ({ measurements }) => count(measurements), right: true },
      { title: 'UNREADABLE', of: ({ without_value: n }) => count(n), right: true },
      { title: 'LEAST', of: ({ least }) => figure(least), right: true },
      { title: 'MEAN', of: ({ mean }) => figure(mean), right: true },
      { title: 'GREATEST', of: ({ greatest }) => figure(greatest), right: true },
    ],
    units,
  );
}

function eventLine({ at, level, category, message }: LoggedEvent, colours: Voice['colours']) {
  const paint = { error: colours.red, warning: colours.yellow }[level] ?? colours.dim;
  return `${localTime(at)}  ${paint(`${category}: ${message}`)}`;
}
