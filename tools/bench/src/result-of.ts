/** What a process of the bench's own has found out. */
import type { Run } from '@elmetron/rig';
import { BenchError } from './bench-error.js';

/** The one line of JSON on its standard output; it has ended. Throws BenchError `not_done`. */
export function resultOf(run: Run): unknown {
  const said = run.stdout.find((line) => line.startsWith('{'));
  if (run.exit?.code !== 0 || said === undefined) {
    throw new BenchError('not_done', `the work "${run.name}" did not end well: ${run.tail()}`);
  }
  return JSON.parse(said);
}
