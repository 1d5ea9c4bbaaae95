import { mutantNamed } from '@elmetron/mutants';
import { describe, expect, it } from 'vitest';
import type { Examined, Violation } from '../examine.js';
import { noneByKind } from '../replay/states.js';
import { asJson } from './json.js';
import { exitCode, report, type Result } from './report.js';

const owed = { acknowledged: {}, damaged: [], kept: {} };
const state = { directories: [], files: [], owed, databaseLost: false };
const cut = { id: '12 prefix 3', kind: 'prefix', what: 'writer: fsync ends', state } as const;
const violation: Violation = { scenario: 'writer', cut, sentences: ['lost: record 3'] };
const examined: Examined = {
  scenario: 'writer',
  moments: 40,
  states: { ...noneByKind(), prefix: 30, 'only synced': 12 },
  violations: [],
  seconds: 2,
  byCommand: 1,
};
const mutant = mutantNamed('no-directory-sync');
const held: Result = {
  scenarios: [examined],
  mutants: [{ mutant, caughtBy: violation, states: 5 }],
  leftOut: [],
  seconds: 3,
  interrupted: false,
};

describe('a run', () => {
  it('in which all held and every mutant was caught ends with 0', () => {
    expect(exitCode(held)).toBe(0);
    const text = report(held);
    expect(text).toContain('42 states, 0 violations (21.0 states/s); 1 mutants, 0 survived; 3 s.');
    expect(text).toContain('Not covered: drives that say "synced" and are not');
    expect(JSON.parse(asJson(held))).toMatchObject({
      held: true,
      scenarios: [{ name: 'writer', states: { prefix: 30 }, violations: [] }],
      mutants: [{ name: 'no-directory-sync', caught_by: { state: '12 prefix 3' } }],
    });
  });

  it('with a violation ends with 1, and says where and how to see it', () => {
    const broken = { ...held, scenarios: [{ ...examined, violations: [violation] }] };
    expect(exitCode(broken)).toBe(1);
    const text = report(broken);
    expect(text).toContain('VIOLATION in writer, state "12 prefix 3", when writer: fsync ends:');
    expect(text).toContain('--scenario writer --keep');
  });

  it('in which a mutant survived ends with 1', () => {
    const blind = { ...held, mutants: [{ mutant, caughtBy: undefined, states: 99 }] };
    expect(exitCode(blind)).toBe(1);
    expect(report(blind)).toMatch(/no-directory-sync +SURVIVED/);
  });

  it('that was interrupted proves nothing', () => {
    expect(exitCode({ ...held, interrupted: true })).toBe(1);
    expect(report({ ...held, interrupted: true })).toContain('Interrupted');
  });
});
