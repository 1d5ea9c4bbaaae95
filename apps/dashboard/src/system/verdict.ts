/** All of it in one sentence that anybody understands, and what to do first. */
import type { Meter, Reason } from '../api/live.js';
import type { System } from '../api/system.js';

type Verdict = System['verdict'];
type BenchBody = System['benches'][number];
type Level = Verdict['level'];

const LEVELS: readonly Level[] = ['ok', 'degraded', 'critical'];
/** More than this nobody does. */
const MOST_ADVICE = 6;

/** One thing that is not as it should be. */
interface Trouble {
  readonly level: Level;
  readonly title: string;
  readonly advice: readonly string[];
}

export function verdictOf(meters: readonly Meter[], benches: readonly BenchBody[]): Verdict {
  const ofMeters = meters.flatMap((meter) => troublesOf(meter, benches));
  const troubles = [...ofMeters, ...benches.flatMap(unreadable)].sort(
    (a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level),
  );
  const [worst, ...others] = troubles;
  if (worst === undefined) return { level: 'ok', title: allIsWell(meters), advice: [] };
  return {
    level: worst.level,
    title: `${worst.title}${more(others.length)}`,
    advice: [...new Set(troubles.flatMap(({ advice }) => advice))].slice(0, MOST_ADVICE),
  };
}

function allIsWell(meters: readonly Meter[]): string {
  const [only] = meters;
  return meters.length === 1 && only !== undefined
    ? `All is well: ${only.source} is being recorded.`
    : `All is well: ${meters.length} meters are being recorded.`;
}

function more(others: number): string {
  if (others === 0) return '';
  return ` And ${others} more ${others === 1 ? 'thing' : 'things'}.`;
}

function troublesOf(meter: Meter, benches: readonly BenchBody[]): Trouble[] {
  const { source, bench, recording, reasons } = meter;
  if (recording.state === 'recording') {
    return reasons.map(({ level, message, advice }) => ({
      level,
      title: `${source} is being recorded, but: ${message}`,
      advice: [`${source}: ${advice}`],
    }));
  }
  const gone = ['acquisition', 'writer'].filter((process) => isGone(process, bench, benches));
  const isNot = recording.state === 'not_recording';
  // A meter that is switched off loses nothing: a program that is gone is another matter.
  const level = isNot && gone.includes('acquisition') ? 'critical' : worstOf(reasons);
  const title = isNot
    ? `${source} is not being recorded. ${recording.message}`
    : `${source}: ${recording.message}`;
  return [{ level, title, advice: adviceOf(meter, gone) }];
}

/** What one process says of another one that has gone: it is said already. */
const MISSED: Readonly<Record<string, string>> = {
  source_away: 'acquisition',
  consumer_away: 'writer',
};

/** What was recorded cannot be looked at; that it is recorded is another matter. */
function unreadable({ source, problems }: BenchBody): Trouble[] {
  return problems.map((problem) => ({
    level: 'degraded',
    title: `${source}: ${problem}`,
    advice: [`${source}: do what is said of the database; "elmetron doctor" looks further.`],
  }));
}

/** First what has to run, then what that says. */
function adviceOf({ source, recording, reasons }: Meter, gone: readonly string[]): string[] {
  const advised = [
    ...(gone.length === 0 ? [] : [`start ${gone.join(' and ')} (npm start, pm2 or systemd).`]),
    ...reasons.filter(({ code }) => !gone.includes(MISSED[code] ?? '')).map(({ advice }) => advice),
  ];
  const otherwise = {
    recording: '',
    kept: 'look at the log of the writer.',
    unknown: 'look at the display of the meter, and at the log of acquisition.',
    not_recording: 'look at the display of the meter and at its cable.',
  };
  const all = advised.length > 0 ? advised : [otherwise[recording.state]];
  return all.map((advice) => `${source}: ${advice}`);
}

function worstOf(reasons: readonly Reason[]): Level {
  return reasons.some(({ level }) => level === 'critical') ? 'critical' : 'degraded';
}

function isGone(process: string, bench: string, benches: readonly BenchBody[]): boolean {
  const processes = benches.find(({ name }) => name === bench)?.processes ?? [];
  return processes.some(({ name, status }) => name === process && status === 'not running');
}
