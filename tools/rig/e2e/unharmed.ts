/**
 * What must hold of a process under attack: it lives, its memory stays within a bound, its log is
 * not flooded, and what it is there for goes on.
 */
import { expect } from 'vitest';
import { residentMiB, type Bench, type Run } from '@elmetron/rig';
import { measurements } from './on-a-bench.js';

export interface Bounds {
  /** Most memory that the process may hold more than before, in MiB. */
  readonly mib: number;
  /** Most log lines above debug that the attack may cause. */
  readonly logLines?: number;
}

export class Watched {
  readonly run: Run;
  readonly #mib: number;
  readonly #lines: number;

  private constructor(run: Run, mib: number) {
    this.run = run;
    this.#mib = mib;
    this.#lines = told(run);
  }

  static from(run: Run): Watched {
    return new Watched(run, residentMiB(run.pid));
  }

  unharmed({ mib, logLines = 25 }: Bounds): void {
    const { run } = this;
    expect(run.exit, run.tail()).toBeUndefined();
    const grown = residentMiB(run.pid) - this.#mib;
    expect(grown, `${run.name} has grown by ${grown.toFixed(0)} MiB`).toBeLessThan(mib);
    expect(told(run) - this.#lines, run.tail()).toBeLessThanOrEqual(logLines);
  }
}

/** Records arrive in the database still, and what was sent until now is all there. */
export async function capturesOn(bench: Bench): Promise<void> {
  const sent = (await bench.account()).filter(({ whole }) => whole).length;
  await measurements(bench, sent + 5);
}

function told(run: Run): number {
  return run.log().filter(({ level }) => level > 20).length;
}
