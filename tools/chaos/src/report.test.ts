import { describe, expect, it } from 'vitest';
import { asObject, table, type Told } from './report.js';
import { Tally } from './tally.js';
import type { Violation } from './proof/verdict.js';

function told(violations: readonly Violation[] = []): Told {
  const tally = new Tally();
  for (let i = 0; i < 3; i++) tally.killed('acquisition', `bench-${i}`, 'running', i);
  tally.killed('acquisition', 'bench-1', 'stopped', 5);
  tally.killed('recovery', 'writer', 'in a replay', 6);
  tally.rounds = 2;
  const figures = {
    framesSent: 1000,
    framesCut: 7,
    sessions: 4,
    rows: 1011,
    passed: 1011,
    acknowledged: 1010,
    lostOnTheWire: 1,
    allowedOnTheWire: 4,
    explainedHoles: 0,
  };
  const recoveries = { withReplay: 2, measurements: 30, killed: 1 };
  const result = { violations, figures, recoveries, killsSeenByPm2: 4, seconds: 120 };
  return { seed: 7, meters: 3, tally, result, fenced: 3, acknowledgements: 99 };
}

/** The value beside a name. */
const beside = (text: string, name: string): string | undefined =>
  text
    .split('\n')
    .find((line) => line.startsWith(`${name}  `))
    ?.slice(name.length)
    .trim();

describe('report', () => {
  it('says what was done, and what was found', () => {
    const text = table(told());
    expect(beside(text, 'kills')).toBe('5 (3 a minute)');
    expect(beside(text, '  of acquisition')).toBe('4 (3 running, 1 stopped)');
    expect(beside(text, '  of writer')).toBe('0');
    expect(beside(text, '  of recovery')).toBe('1 (1 in a replay)');
    expect(beside(text, 'frames lost on the wire')).toBe('1 (allowed 4)');
    expect(beside(text, 'doubled')).toBe('0');
    expect(text).toContain('instead of the growing back-off');
    expect(text.trimEnd().endsWith('The promise held.')).toBe(true);
  });

  it('counts violations by kind, and tells the first of them', () => {
    const many = Array.from({ length: 25 }, (_, i) => ({
      kind: 'lost' as const,
      what: `record ${i}`,
    }));
    const text = table(told([...many, { kind: 'integrity', what: 'a page' }]));
    expect(beside(text, 'lost')).toBe('25');
    expect(beside(text, 'integrity_check')).toBe('FAILED');
    expect(text).toContain('lost: record 0');
    expect(text).toContain('6 more');
    expect(text.trimEnd().endsWith('26 VIOLATIONS.')).toBe(true);
  });

  it('is an object for a program', () => {
    const violations = [{ kind: 'doubled', what: 'two' }] as const;
    expect(asObject(told())).toMatchObject({ held: true, seed: 7, violations: [] });
    expect(asObject(told(violations))).toMatchObject({
      held: false,
      kills: { total: 5, seen_by_pm2: 4, acquisition: { running: 3, stopped: 1 } },
      figures: { framesSent: 1000 },
      violations,
    });
  });
});
