/** What somebody who knows nothing of it reads. */
import { describe, expect, it } from 'vitest';
import { adviceFor, STATES, type StateCode } from '@elmetron/runtime';
import type { Meter, Reason } from '../api/live.js';
import type { System } from '../api/system.js';
import { verdictOf } from './verdict.js';

type BenchBody = System['benches'][number];
type Status = BenchBody['processes'][number]['status'];

const reason = (code: StateCode): Reason => ({
  code,
  level: STATES[code].level,
  message: `message of ${code}`,
  advice: adviceFor(code) ?? '',
});

function meter(
  state: Meter['recording']['state'],
  codes: readonly StateCode[] = [],
  source = 'bench-1',
): Meter {
  const bench = source === 'bench-1' ? 'app' : source;
  const recording = { state, message: `message of ${state}.` };
  return { source, bench, recording, reasons: codes.map(reason) } as unknown as Meter;
}

function bench(
  statuses: Readonly<Record<string, readonly [Status, readonly StateCode[]]>> = {},
  source = 'bench-1',
): BenchBody {
  const name = source === 'bench-1' ? 'app' : source;
  const processes = ['acquisition', 'writer'].map((process) => {
    const [status, codes] = statuses[process] ?? ['ok', []];
    return { name: process, port: 1, status, reasons: codes.map(reason), figures: {} };
  });
  return { name, source, processes, problems: [] } as unknown as BenchBody;
}

describe('one sentence', () => {
  it('all is well', () => {
    expect(verdictOf([meter('recording')], [bench()])).toEqual({
      level: 'ok',
      title: 'All is well: bench-1 is being recorded.',
      advice: [],
    });
    const two = [meter('recording'), meter('recording', [], 'bench-2')];
    expect(verdictOf(two, [bench(), bench({}, 'bench-2')]).title).toBe(
      'All is well: 2 meters are being recorded.',
    );
  });

  it.each<
    readonly [
      what: string,
      Meter,
      BenchBody,
      level: string,
      title: RegExp,
      advice: readonly RegExp[],
    ]
  >([
    [
      'the meter is unplugged: nothing is lost, and nothing recorded',
      meter('not_recording', ['link_down']),
      bench({ acquisition: ['degraded', ['link_down']] }),
      'degraded',
      /^bench-1 is not being recorded\. message/,
      [/^bench-1: Plug the meter in/],
    ],
    [
      'readings are being lost',
      meter('not_recording', ['spool_full']),
      bench({ acquisition: ['critical', ['spool_full']] }),
      'critical',
      /not being recorded/,
      [/free disk space/],
    ],
    [
      'acquisition does not run',
      meter('not_recording'),
      bench({ acquisition: ['not running', []] }),
      'critical',
      /not being recorded/,
      [/start acquisition/],
    ],
    [
      'acquisition does not run, and the writer misses it',
      meter('not_recording', ['source_away', 'database_locked']),
      bench({ acquisition: ['not running', []], writer: ['degraded', ['source_away']] }),
      'critical',
      /not being recorded/,
      [/start acquisition/, /Close that program/],
    ],
    [
      'nothing runs',
      meter('not_recording'),
      bench({ acquisition: ['not running', []], writer: ['not running', []] }),
      'critical',
      /not being recorded/,
      [/start acquisition and writer/],
    ],
    [
      'the meter is unplugged, and the writer does not run',
      meter('not_recording', ['link_down']),
      bench({ acquisition: ['degraded', ['link_down']], writer: ['not running', []] }),
      'degraded',
      /not being recorded/,
      [/start writer/, /Plug the meter in/],
    ],
    [
      'the writer takes nothing, and does not say why',
      meter('kept'),
      bench(),
      'degraded',
      /message of kept/,
      [/log of the writer/],
    ],
    [
      'the writer does not run',
      meter('kept'),
      bench({ writer: ['not running', []] }),
      'degraded',
      /^bench-1: message of kept/,
      [/start writer/],
    ],
    [
      'a writer of another configuration serves this meter',
      meter('recording'),
      bench({ writer: ['not running', []] }),
      'ok',
      /All is well/,
      [],
    ],
    [
      'the writer is not well, and takes readings',
      meter('recording', ['database_unwritable']),
      bench({ writer: ['critical', ['database_unwritable']] }),
      'critical',
      /message of database_unwritable/,
      [/Make room/],
    ],
    [
      'an alarm',
      meter('recording', ['alarm_high']),
      bench({ acquisition: ['degraded', ['alarm_high']] }),
      'degraded',
      /message of alarm_high/,
      [/sample/],
    ],
    [
      'nobody knows',
      meter('unknown'),
      bench({ acquisition: ['off', []] }),
      'degraded',
      /message of unknown/,
      [/acquisition/],
    ],
  ])('%s', (_, of, at, level, title, advice) => {
    const verdict = verdictOf([of], [at]);
    expect(verdict).toMatchObject({ level, title: expect.stringMatching(title) });
    expect(verdict.advice).toHaveLength(advice.length);
    for (const [i, what] of advice.entries()) expect(verdict.advice[i]).toMatch(what);
  });
});

it('of several things the worst is said, how many more there are, and what to do first', () => {
  const meters = [
    meter('recording'),
    meter('kept', [], 'bench-2'),
    meter('not_recording', ['spool_full'], 'bench-3'),
  ];
  const verdict = verdictOf(meters, [
    bench(),
    bench({ writer: ['ok', []] }, 'bench-2'),
    bench({ acquisition: ['critical', ['spool_full']] }, 'bench-3'),
  ]);
  expect(verdict.level).toBe('critical');
  expect(verdict.title).toMatch(/^bench-3 is not being recorded.*And 1 more thing\.$/);
  expect(verdict.advice[0]).toContain('bench-3');
});

it('a person is not told more than can be done', () => {
  const codes = Object.keys(STATES) as StateCode[];
  const verdict = verdictOf([meter('not_recording', codes)], [bench()]);
  expect(verdict.advice.length).toBeLessThanOrEqual(6);
});
