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
  const troubles = meters
    .flatMap((meter) => troublesOf(meter, benches))
    .sort((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level));
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

function troublesOf({ source, bench, recording, reasons }: Meter, benches: readonly BenchBody[]) {
  const { state, message } = recording;
  const advised = reasons.map(({ advice }) => `${source}: ${advice}`);
  const otherwise = (advice: string) => (advised.length > 0 ? advised : [`${source}: ${advice}`]);
  const trouble = (level: Level, title: string, advice: readonly string[]): Trouble[] => [
    { level, title, advice },
  ];
  switch (state) {
    case 'recording':
      return reasons.map(({ level, message: what, advice }): Trouble => ({
        level,
        title: `${source} is being recorded, but: ${what}`,
        advice: [`${source}: ${advice}`],
      }));
    case 'kept':
      return trouble(
        worstOf(reasons),
        `${source}: ${message}`,
        otherwise('start the writer (npm start, pm2 or systemd).'),
      );
    case 'unknown':
      return trouble(
        worstOf(reasons),
        `${source}: ${message}`,
        otherwise('look at the display of the meter, and at the log of acquisition.'),
      );
    case 'not_recording':
      // A meter that is switched off loses nothing: a program that is gone is another matter.
      return isGone('acquisition', bench, benches)
        ? trouble('critical', `${source} is not being recorded. ${message}`, [
            `${source}: start acquisition (npm start, pm2 or systemd), then look here again.`,
          ])
        : trouble(
            worstOf(reasons),
            `${source} is not being recorded. ${message}`,
            otherwise('look at the display of the meter and at its cable.'),
          );
  }
}

function worstOf(reasons: readonly Reason[]): Level {
  return reasons.some(({ level }) => level === 'critical') ? 'critical' : 'degraded';
}

function isGone(process: string, bench: string, benches: readonly BenchBody[]): boolean {
  const processes = benches.find(({ name }) => name === bench)?.processes ?? [];
  return processes.some(({ name, status }) => name === process && status === 'not running');
}
