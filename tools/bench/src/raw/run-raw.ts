/** Runs raw work in its process and hands back what it took. */
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Run } from '@elmetron/rig';
import type { MeasurementContext } from '../measurement.js';
import { resultOf } from '../result-of.js';
import type { RawDone, RawWork } from './work.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

export async function runRaw(
  { dir, signal }: Pick<MeasurementContext, 'dir' | 'signal'>,
  work: Omit<RawWork, 'dir'>,
  under: readonly string[] = [],
): Promise<RawDone> {
  const own = await mkdtemp(join(dir, `${work.kind}-`));
  const run = Run.start(work.kind, [MAIN, JSON.stringify({ ...work, dir: own })], {
    cwd: own,
    under,
  });
  const interrupted = (): void => run.signal('SIGKILL');
  signal.addEventListener('abort', interrupted);
  try {
    await run.exited;
    return resultOf(run) as RawDone;
  } finally {
    signal.removeEventListener('abort', interrupted);
  }
}
