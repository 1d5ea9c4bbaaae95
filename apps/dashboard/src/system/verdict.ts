/** All of it in one sentence that anybody understands, and what to do first. */
import type { Meter, Reason } from '../api/live.js';
import type { System } from '../api/system.js';

type Verdict = System['verdict'];
type BenchBody = System['benches'][number];
type Level = Verdict['level'];

const LEVELS: readonly Level[] = ['ok', 'degraded', 'critical'];
const MOST_ADVICE = 6;

/** One thing that is not as it should be. */
interface Trouble {
  readonly level: Level;
  readonly title: string;
  readonly advice: readonly string[];
}

export function verdictOf(meters: readonly Meter[], benches: readonly BenchBody[]): Verdict {
  const troubles = [
    ...meters.flatMap((meter) => meterTrouble(meter, benches)),
    ...benches.flatMap((bench) => processTrouble(bench, meters)),
  ].sort((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level));
  const [worst, ...others] = troubles;
  if (worst === undefined) return { level: 'ok', title: allIsWell(meters), advice: [] };
  const more =
    others.length === 0
      ? ''
      : ` And ${others.length} more ${others.length === 1 ? 'thing' : 'things'}.`;
  return {
    level: worst.level,
    title: `${worst.title}${more}`,
    advice: [...new Set(troubles.flatMap(({ advice }) => advice))].slice(0, MOST_ADVICE),
  };
}

function allIsWell(meters: readonly Meter[]): string {
  const [only] = meters;
  return meters.length === 1 && only !== undefined
    ? `All is well: ${only.source} is being recorded.`
    : `All is well: ${meters.length} meters are being recorded.`;
}

function meterTrouble(meter: Meter, benches: readonly BenchBody[]): Trouble[] {
  const { source, recording, reasons } = meter;
  const runs = stateOf(meter, benches, 'acquisition') !== 'not running';
  const advice = reasons.map((reason) => told(source, reason));
  switch (recording.state) {
    case 'recording':
      return [];
    case 'kept':
      return [
        {
          level: 'degraded',
          title: `${source}: ${recording.message}`,
          advice: advice.length > 0 ? advice : [`${source}: start the writer.`],
        },
      ];
    case 'unknown':
      return [
        {
          level: 'degraded',
          title: `${source}: ${recording.message}`,
          advice: [`${source}: look at the display of the meter, and at the log of acquisition.`],
        },
      ];
    case 'not_recording':
      return [
        {
          // A meter that is switched off loses nothing; readings that are lost, or a program that is gone, are another matter.
          level:
            runs && !reasons.some(({ level }) => level === 'critical') ? 'degraded' : 'critical',
          title: `${source} is not being recorded. ${recording.message}`,
          advice: runs
            ? advice
            : [`${source}: start acquisition (npm start, pm2 or systemd), then look here again.`],
        },
      ];
  }
}

/** What the processes say beside: of a meter that is recorded, and all of a process that has no meter. */
function processTrouble(bench: BenchBody, meters: readonly Meter[]): Trouble[] {
  const meter = meters.find(({ source }) => source === bench.source);
  return bench.processes.flatMap(({ name, status, reasons }): Trouble[] => {
    const told = reasons.map((reason) => ({
      level: reason.level,
      title: `${bench.source}, ${name}: ${reason.message}`,
      advice: [`${bench.source}: ${reason.advice}`],
    }));
    // One that another writer serves is recorded all the same.
    const missed =
      status === 'not running' && name === 'writer' && meter?.recording.state === 'kept';
    const recorded = meter?.recording.state === 'recording';
    if (missed)
      return [
        {
          level: 'degraded',
          title: `${bench.source}: the writer does not run.`,
          advice: [`${bench.source}: start the writer (npm start, pm2 or systemd).`],
        },
      ];
    return recorded || name === 'writer' ? told : [];
  });
}

function stateOf(
  { bench }: Meter,
  benches: readonly BenchBody[],
  process: string,
): string | undefined {
  return benches.find(({ name }) => name === bench)?.processes.find(({ name }) => name === process)
    ?.status;
}

function told(source: string, { advice }: Reason): string {
  return `${source}: ${advice}`;
}
