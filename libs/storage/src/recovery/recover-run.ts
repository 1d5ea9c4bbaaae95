/**
 * All buffers of one run, under the run's lock: a living writer keeps its own, and of two recoveries
 * one takes them. The lock file goes with the last buffer.
 */
import { join } from 'node:path';
import { lockFileName, RunLock } from '../buffer/index.js';
import { BufferAccount } from './buffer-account.js';
import { failureFields, sentence } from './failure.js';
import { findBuffers, NAMELESS_RUN, type FoundBuffer } from './found-buffers.js';
import { recoverBuffer } from './recover-buffer.js';
import type { RecoveryContext } from './recovery-context.js';
import type { BufferSummary } from './summary.js';

export interface OrphanedRun {
  readonly directory: string;
  readonly run: string;
  /** Without one the run is dead: a writer takes its lock before it makes its first buffer. */
  readonly hasLockFile: boolean;
  readonly buffers: readonly FoundBuffer[];
}

/** undefined when a living process holds the run. */
export async function recoverRun(
  orphan: OrphanedRun,
  context: RecoveryContext,
): Promise<readonly BufferSummary[] | undefined> {
  const { directory, run, hasLockFile, buffers } = orphan;
  // Looking changes nothing, not even by a lock file.
  if (context.dryRun && !hasLockFile) return recoverEach(buffers, context);
  let lock: RunLock | undefined;
  let remove = false;
  try {
    lock = RunLock.tryTake(directory, run);
    if (lock === undefined) return undefined;
    // Anew: another recovery may have held the lock, and removed some, since they were listed.
    const left = (await findBuffers(directory, context.fs)).runs.get(run) ?? [];
    const summaries = await recoverEach(left, context);
    const gone = summaries.filter(({ status }) => status === 'recovered' || status === 'empty');
    remove = !context.dryRun && (gone.length === left.length || run === NAMELESS_RUN);
    return summaries;
  } catch (error) {
    const fields = { ...failureFields(error), run };
    context.log.error(fields, 'The buffers of a run cannot be recovered; they stay');
    return buffers.map(({ path, named }) =>
      new BufferAccount(path, named?.session).summary('failed', sentence(error)),
    );
  } finally {
    lock?.release({ remove });
  }
}

async function recoverEach(
  buffers: readonly FoundBuffer[],
  context: RecoveryContext,
): Promise<readonly BufferSummary[]> {
  const summaries: BufferSummary[] = [];
  for (const buffer of buffers) {
    if (context.signal?.aborted === true) break;
    summaries.push(await recoverBuffer(buffer, context));
  }
  return summaries;
}

/** A lock file younger than this may belong to a writer that is just starting. */
const SETTLED_MS = 60_000;

/** Removes the lock files of dead runs that left no buffer. Never rejects: they harm nobody. */
export async function removeStrayLock(
  directory: string,
  run: string,
  context: RecoveryContext,
): Promise<void> {
  const path = join(directory, lockFileName(run));
  try {
    const { mtimeMs } = await context.fs.stat(path);
    if (context.clock.now() - mtimeMs < SETTLED_MS) return;
    RunLock.tryTake(directory, run)?.release({ remove: true });
  } catch (error) {
    context.log.debug(
      { ...failureFields(error), path },
      'A lock file without buffers could not be removed',
    );
  }
}
