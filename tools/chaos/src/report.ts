/** The result: as a table that a person reads to the end, and as an object for a program. */
import { DIFFERENCES } from './bench/apps.js';
import type { ViolationKind } from './proof/verdict.js';
import type { Result } from './run.js';
import type { Situation, Tally } from './tally.js';
import type { Role } from './bench/cast.js';

export interface Told {
  readonly seed: number;
  readonly meters: number;
  readonly tally: Tally;
  readonly result: Result;
  /** Messages `fenced` that passed: writers that were told of their successor. */
  readonly fenced: number;
  readonly acknowledgements: number;
}

const ROLES: readonly Role[] = ['acquisition', 'writer', 'recovery'];
const SITUATIONS: readonly Situation[] = [
  'running',
  'stopped',
  'in a replay',
  'database locked',
  'next writer running',
  'all at once',
];
const KINDS: readonly (readonly [ViolationKind, string])[] = [
  ['lost', 'lost'],
  ['acknowledged_absent', 'acknowledged, but absent'],
  ['doubled', 'doubled'],
  ['altered', 'altered'],
  ['invented', 'invented'],
  ['out_of_order', 'out of order'],
  ['hole', 'holes without explanation'],
  ['wrong_end', 'sessions wrongly ended or never'],
  ['left_over', 'files left over'],
  ['alarm', 'alarms'],
  ['restless', 'did not come to rest'],
];
/** The rest is in the JSON; nobody reads a thousand. */
const SHOWN = 20;

type Line = readonly [name: string, value: string | number];

export function table(told: Told): string {
  const { tally, result } = told;
  const { figures, violations } = result;
  const count = (kind: ViolationKind): number =>
    violations.filter((one) => one.kind === kind).length;
  const deeds: Line[] = [
    ['seed', told.seed],
    ['meters, each with its acquisition', told.meters],
    ['time', `${result.seconds.toFixed(0)} s`],
    ['kills', `${tally.kills.length} (${perMinute(tally, result)} a minute)`],
    ...ROLES.flatMap((role) => killLines(tally, role)),
    ['kills of those it runs, as PM2 saw them', result.killsSeenByPm2],
    ['stops at the end that PM2 forced', tally.forcedStops],
    ['stops (SIGSTOP)', tally.stops],
    ['swaps of the writer', `${tally.swaps} (${told.fenced} times a source fenced the old one)`],
    ['writers stopped in order under load', tally.orderlyStops],
    ['recoveries by hand beside a writer', tally.recoveriesByHand],
    ['database locked', `${(tally.lockedMs / 1000).toFixed(1)} s`],
    ["faults of the meters' lines", tally.lineFaults],
    ['faults of the connections', tally.connectionFaults],
    ['changes of the poll rate', tally.loadChanges],
    ['steps that found nobody', `${tally.missed.length}${missed(tally)}`],
    [
      'rounds, each with its proof',
      `${tally.rounds} (coming to rest took ${(tally.restMs / 1000).toFixed(0)} s in all)`,
    ],
    [
      'recoveries that replayed',
      `${result.recoveries.withReplay} (${result.recoveries.measurements} measurements new to the database)`,
    ],
  ];
  const proved: Line[] =
    figures === undefined
      ? []
      : [
          ['frames that left the meters whole', figures.framesSent],
          ['frames that the line cut', figures.framesCut],
          ['sessions', figures.sessions],
          ['records that passed', figures.passed],
          [
            'of these acknowledged',
            `${figures.acknowledged} (by ${told.acknowledgements} acknowledgements)`,
          ],
          ['records in the database', figures.rows],
          [
            'frames lost on the wire',
            `${figures.lostOnTheWire} (allowed ${figures.allowedOnTheWire})`,
          ],
          ['holes explained by an event', figures.explainedHoles],
          ...KINDS.map(([kind, name]): Line => [name, count(kind)]),
          ['integrity_check', count('integrity') === 0 ? 'ok' : 'FAILED'],
        ];
  return [
    '',
    `The real processes under PM2 with the settings of config/ecosystem.config.cjs, but for:`,
    ...DIFFERENCES.map((difference) => `  - ${difference}`),
    '',
    ...lines(deeds),
    '',
    ...lines(proved),
    '',
    ...violations.slice(0, SHOWN).map(({ kind, what }) => `${kind}: ${what.slice(0, 1000)}`),
    ...(violations.length > SHOWN ? [`… and ${violations.length - SHOWN} more`] : []),
    violations.length === 0 ? 'The promise held.' : `${violations.length} VIOLATIONS.`,
    '',
  ].join('\n');
}

export function asObject({ seed, meters, tally, result, fenced, acknowledgements }: Told): object {
  const kills = Object.fromEntries(
    ROLES.map((role) => [
      role,
      Object.fromEntries(SITUATIONS.map((situation) => [situation, tally.count(role, situation)])),
    ]),
  );
  const {
    stops,
    swaps,
    orderlyStops,
    recoveriesByHand,
    forcedStops,
    lineFaults,
    connectionFaults,
    loadChanges,
    rounds,
  } = tally;
  const missed = tally.missed.length;
  return {
    held: result.violations.length === 0,
    seed,
    meters,
    seconds: Math.round(result.seconds),
    kills: { total: tally.kills.length, seen_by_pm2: result.killsSeenByPm2, ...kills },
    done: {
      stops,
      swaps,
      fenced,
      orderlyStops,
      recoveriesByHand,
      forcedStops,
      lineFaults,
      connectionFaults,
      loadChanges,
      missed,
      rounds,
    },
    database_locked_ms: Math.round(tally.lockedMs),
    recoveries: result.recoveries,
    acknowledgements,
    figures: result.figures ?? null,
    violations: result.violations,
  };
}

function killLines(tally: Tally, role: Role): Line[] {
  const parts = SITUATIONS.flatMap((situation) => {
    const count = tally.count(role, situation);
    return count === 0 ? [] : [`${count} ${situation}`];
  });
  return [
    [`  of ${role}`, `${tally.count(role)}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`],
  ];
}

function missed({ missed }: Tally): string {
  const kinds = [...new Set(missed)].map(
    (kind) => `${missed.filter((one) => one === kind).length} ${kind}`,
  );
  return kinds.length === 0 ? '' : ` (${kinds.join(', ')})`;
}

function perMinute(tally: Tally, { seconds }: Result): string {
  return ((tally.kills.length * 60) / seconds).toFixed(0);
}

function lines(all: readonly Line[]): string[] {
  const width = Math.max(0, ...all.map(([name]) => name.length));
  return all.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
