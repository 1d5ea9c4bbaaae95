#!/usr/bin/env node
/** The command: options in, everything recorded, cut and checked, a table and an exit code out. */
import { fileURLToPath } from 'node:url';
import { MutantsError } from '@elmetron/mutants';
import { CrashStatesError } from './crash-states-error.js';
import { crashStates } from './crash-states.js';
import { parseOptions } from './options.js';
import { keepViolation } from './report/keep-violation.js';
import { asJson } from './report/json.js';
import { Progress } from './report/progress.js';
import { exitCode, report } from './report/report.js';
import { requireStrace } from './trace/strace.js';

const TREE = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

/** A scenario that failed in its middle may have left a socket or a process; they end with this one. */
const leave = (code: number): void => {
  process.stdout.write('', () => process.exit(code));
};

const progress = new Progress(process.stderr);
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

try {
  const options = parseOptions(process.argv.slice(2));
  requireStrace();
  const result = await crashStates(options, {
    tree: TREE,
    signal: stopping.signal,
    progress: (text) => progress.show(text),
  });
  progress.clear();
  process.stdout.write(options.json ? asJson(result) : report(result));
  for (const violation of result.scenarios.flatMap(({ violations }) => violations)) {
    if (options.keep === undefined) break;
    process.stderr.write(`kept: ${keepViolation(violation, options.keep)}\n`);
  }
  leave(exitCode(result));
} catch (error) {
  progress.clear();
  if (!(error instanceof CrashStatesError || error instanceof MutantsError)) throw error;
  process.stderr.write(`crash-states: ${error.message}\n`);
  leave(2);
}
