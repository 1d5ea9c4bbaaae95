/**
 * The list of states and the sources agree: every state is raised and taken back by the process that it
 * is listed under. (That every code which is raised is in the list, the compiler sees to.)
 */
import { readdirSync, readFileSync } from 'node:fs';

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { STATES, type State, type StateCode } from '@elmetron/runtime';
import { ROOT } from './project.mjs';

const APPS = join(ROOT, 'apps/');

function sourcesOf(process: string): string {
  return readdirSync(`${APPS}${process}/src`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|testing/.test(name))
    .map((name) => readFileSync(`${APPS}${process}/src/${name}`, 'utf8'))
    .join('\n');
}

const sources = { acquisition: sourcesOf('acquisition'), writer: sourcesOf('writer') };
const states = Object.entries(STATES) as [StateCode, State][];

it.each(states)('%s is raised and taken back by its process, and by no other', (code, state) => {
  const named = new RegExp(`'${code}'`, 'g');
  const other = state.process === 'writer' ? 'acquisition' : 'writer';
  expect(sources[other].match(named)).toBeNull();
  expect(sources[state.process].match(named)).not.toBeNull();
});

/** What is raised and taken back by a variable that holds the code. */
const BY_VARIABLE: readonly StateCode[] = [
  'alarm_high',
  'alarm_low',
  'alarm_unstable',
  'alarm_no_reading',
  'spool_full',
  'spool_unwritable',
  'database_locked',
  'database_unwritable',
  'database_damaged',
  'database_replaced',
  'records_set_aside',
  'numbers_missing',
  'record_conflict',
];
/** Ends with the process. */
const NEVER_CLEARED: readonly StateCode[] = ['fenced'];

it.each(states.filter(([code]) => !BY_VARIABLE.includes(code)))(
  '%s is raised somewhere and taken back somewhere',
  (code, { process }) => {
    const calls = (what: string): boolean =>
      new RegExp(`\\.${what}\\(\\s*'${code}'`).test(sources[process]);
    expect(calls('raise'), 'raised').toBe(true);
    expect(calls('clear'), 'taken back').toBe(!NEVER_CLEARED.includes(code));
  },
);

it.each(states)('%s is explained to people', (_, { entered, left, remedy }) => {
  for (const text of [entered, left, remedy]) expect(text.length).toBeGreaterThan(10);
});

it('codes are made of small letters and underlines', () => {
  for (const [code] of states) expect(code).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
});
