/**
 * Brings every buffer that a dead writer left into the store, exactly once, and removes it. It is
 * what the recovery process does before a writer starts, and what a running writer does now and
 * then with its own stores.
 *
 * ```
 *   captures/ ──▶ runs ── lock free? ──▶ run is dead ──▶ each of its buffers, on its own:
 *                          │ held                          read through ─▶ store, quarantine
 *                          ▼                               settle ─▶ checkpoint ─▶ archive ─▶ remove
 *                        left alone                        (fails: stays, the others go on)
 * ```
 *
 * Killed at any point and run again, nothing is lost and nothing doubled: a buffer goes last, the
 * store knows each record by its key, the quarantine each line by its place.
 */
import { nodeFileSystem } from '../buffer/file-system.js';
import { pruneArchive } from '../buffer/index.js';
import { BufferAccount } from './buffer-account.js';
import { failureFields, sentence } from './failure.js';
import { findBuffers, type FoundRuns } from './found-buffers.js';
import { incompleteSessions } from './incomplete-sessions.js';
import { recoverRun, removeStrayLock } from './recover-run.js';
import { newContext, type RecoveryContext, type RecoveryOptions } from './recovery-context.js';
import {
  summarise,
  type BufferSummary,
  type RecoveryProgress,
  type RecoverySummary,
} from './summary.js';

export interface RecoverBuffersOptions extends RecoveryOptions {
  /** Old archives stay, because a rebuild still needs them. */
  readonly keepArchives?: boolean;
  readonly onProgress?: (progress: RecoveryProgress) => void;
}

/** Never rejects because of a buffer or the directory: what went wrong stands in the summary. */
export async function recoverBuffers(options: RecoverBuffersOptions): Promise<RecoverySummary> {
  const { capturesDir, dryRun = false, signal, log, fs = nodeFileSystem() } = options;
  const rest = { living_runs: 0, incomplete_sessions: [], interrupted: false, dry_run: dryRun };
  let found: FoundRuns;
  try {
    found = await findBuffers(capturesDir, fs);
  } catch (error) {
    log.error(
      { ...failureFields(error), path: capturesDir },
      'The captures directory cannot be read; check its path and its permissions',
    );
    const why = `the captures directory cannot be read: ${sentence(error)}`;
    const failed = new BufferAccount(capturesDir).summary('failed', why);
    return summarise([failed], rest);
  }
  const context = newContext(options, countProgress(found, options.onProgress));
  const { buffers, livingRuns } = await recoverRuns(capturesDir, found, context);
  const incomplete = dryRun ? [] : await incompleteSessions(context);
  if (!dryRun) await tidy(capturesDir, found, options.keepArchives === true, context);
  return summarise(buffers, {
    ...rest,
    living_runs: livingRuns,
    incomplete_sessions: incomplete,
    interrupted: signal?.aborted ?? false,
  });
}

async function recoverRuns(
  directory: string,
  { runs, locks }: FoundRuns,
  context: RecoveryContext,
): Promise<{ readonly buffers: readonly BufferSummary[]; readonly livingRuns: number }> {
  const buffers: BufferSummary[] = [];
  let livingRuns = 0;
  for (const [run, orphans] of runs) {
    if (context.signal?.aborted === true) break;
    const orphan = { directory, run, hasLockFile: locks.has(run), buffers: orphans };
    const summaries = await recoverRun(orphan, context);
    if (summaries === undefined) livingRuns++;
    else buffers.push(...summaries);
  }
  return { buffers, livingRuns };
}

function countProgress(
  { runs }: FoundRuns,
  onProgress: RecoverBuffersOptions['onProgress'],
): RecoveryContext['advance'] {
  const totalBytes = [...runs.values()].flat().reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  return (path, bytes) => {
    done += bytes;
    onProgress?.({ path, bytes: done, totalBytes });
  };
}

async function tidy(
  directory: string,
  { runs, locks }: FoundRuns,
  keepArchives: boolean,
  context: RecoveryContext,
): Promise<void> {
  const stray = [...locks].filter((run) => !runs.has(run));
  for (const run of stray) await removeStrayLock(directory, run, context);
  if (!keepArchives) await pruneArchives(context);
}

async function pruneArchives({ archive, clock, fs, log }: RecoveryContext): Promise<void> {
  const { archiveDir, archiveDays } = archive;
  try {
    const removed = await pruneArchive(archiveDir, archiveDays, clock.now(), fs);
    if (removed > 0) log.info({ path: archiveDir, removed }, 'Removed archives that are too old');
  } catch (error) {
    log.warn({ ...failureFields(error), path: archiveDir }, 'Old archives could not be removed');
  }
}
