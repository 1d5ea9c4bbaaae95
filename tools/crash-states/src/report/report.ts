/** The result in words and figures. */
import { OUTCOME_KINDS } from '../disk/outcomes.js';
import type { Examined, Violation } from '../examine.js';
import type { Tried } from '../try-mutant.js';

export interface Result {
  readonly scenarios: readonly Examined[];
  readonly mutants: readonly Tried[];
  /** What was not looked at, in a short form. */
  readonly leftOut: readonly string[];
  readonly seconds: number;
  readonly interrupted: boolean;
}

export function exitCode({ scenarios, mutants, interrupted }: Result): 0 | 1 {
  const held = scenarios.every(({ violations }) => violations.length === 0);
  return held && !interrupted && mutants.every(({ caughtBy }) => caughtBy !== undefined) ? 0 : 1;
}

export function report(result: Result): string {
  const { scenarios, mutants, leftOut, seconds } = result;
  const parts: string[] = [];
  if (scenarios.length > 0) parts.push(scenarioTable(scenarios), kindTable(scenarios));
  parts.push(
    ...scenarios.flatMap(({ violations }) => violations.slice(0, SHOWN)).map(violationText),
  );
  if (mutants.length > 0) parts.push(mutantTable(mutants));
  parts.push(NOT_COVERED, ...leftOut.map((text) => `Left out here: ${text}`));
  const states = sum(scenarios.map(statesOf));
  const violations = sum(scenarios.map((one) => one.violations.length));
  const survived = mutants.filter(({ caughtBy }) => caughtBy === undefined).length;
  const checking = sum(scenarios.map((one) => one.seconds));
  parts.push(
    [
      `${states} states, ${violations} violations (${rate(states, checking)} states/s);`,
      `${mutants.length} mutants, ${survived} survived; ${seconds.toFixed(0)} s.`,
      result.interrupted ? 'Interrupted before the end.' : '',
    ].join(' '),
  );
  return `${parts.join('\n\n')}\n`;
}

const SHOWN = 5;

export const NOT_COVERED = `Not covered: drives that say "synced" and are not; damage to what was synced; file systems that lose
a synced file when something else is written; every subset of what is pending (covered are: each
prefix, each one missing, each one alone, torn and zeroed writes, lengths apart from data).`;

function scenarioTable(scenarios: readonly Examined[]): string {
  const rows = scenarios.map((one) => [
    one.scenario,
    String(one.moments),
    String(statesOf(one)),
    String(one.byCommand),
    String(one.violations.length),
    one.seconds.toFixed(1),
  ]);
  return table(['scenario', 'moments', 'states', 'by command', 'violations', 'seconds'], rows);
}

function kindTable(scenarios: readonly Examined[]): string {
  const rows = OUTCOME_KINDS.map((kind) => [
    kind,
    String(sum(scenarios.map(({ states }) => states[kind]))),
  ]);
  return table(['kind of state', 'states'], rows);
}

function mutantTable(mutants: readonly Tried[]): string {
  const rows = mutants.map(({ mutant, caughtBy, states }) => [
    mutant.name,
    caughtBy === undefined ? 'SURVIVED' : caughtBy.scenario,
    caughtBy === undefined ? '' : caughtBy.cut.kind,
    String(states),
    short(caughtBy?.sentences[0] ?? `breaks: ${mutant.breaks}`),
  ]);
  return table(['mutant', 'caught in', 'by a state', 'states', 'what was found'], rows);
}

export function violationText({ scenario, cut, sentences }: Violation): string {
  return [
    `VIOLATION in ${scenario}, state "${cut.id}", when ${cut.what}:`,
    ...sentences.slice(0, SHOWN).map((sentence) => `  ${sentence}`),
    `  To look at it: npm run crash-states -- --scenario ${scenario} --keep DIRECTORY`,
  ].join('\n');
}

function short(text: string): string {
  const plain = text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…').replaceAll(/\/\S*\//g, '');
  return plain.length > 90 ? `${plain.slice(0, 89)}…` : plain;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const isNumber = head.map((_, column) => rows.every((row) => /^[\d.]*$/.test(row[column] ?? '')));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        isNumber[column] === true
          ? cell.padStart(widths[column] ?? 0)
          : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join(
    '\n',
  );
}

export function statesOf({ states }: Examined): number {
  return sum(Object.values(states));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function rate(states: number, seconds: number): string {
  return seconds === 0 ? '0' : (states / seconds).toFixed(1);
}
