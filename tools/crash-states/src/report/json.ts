/** The result for a program. */
import { exitCode, type Result } from './report.js';
import type { Violation } from '../examine.js';

export function asJson(result: Result): string {
  const { scenarios, mutants, leftOut, seconds, interrupted } = result;
  const said = {
    held: exitCode(result) === 0,
    interrupted,
    seconds,
    left_out: leftOut,
    scenarios: scenarios.map((one) => ({
      name: one.scenario,
      moments: one.moments,
      states: one.states,
      by_command: one.byCommand,
      seconds: one.seconds,
      violations: one.violations.map(violation),
    })),
    mutants: mutants.map(({ mutant, caughtBy, states }) => ({
      name: mutant.name,
      breaks: mutant.breaks,
      states,
      caught_by: caughtBy === undefined ? null : violation(caughtBy),
    })),
  };
  return `${JSON.stringify(said, null, 2)}\n`;
}

function violation({ scenario, cut, sentences }: Violation) {
  return { scenario, state: cut.id, kind: cut.kind, when: cut.what, sentences };
}
