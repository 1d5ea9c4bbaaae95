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
import { BufferAccount } from './buffer-account.js';
import { findBuffers, type FoundRuns } from './found-buffers.js';
import { incompleteSessions } from './incomplete-sessions.js';
import { recoverRun, removeStrayLock } from './recover-run.js';
import { newContext, type RecoveryOptions } from './recovery-context.js';
import {
  summarise,
  type BufferSummary,
  type RecoveryProgress,
  type RecoverySummary,
} from './summary.js';

export interface RecoverBuffersOptions extends RecoveryOptions {
  readonly onProgress?: (progress: RecoveryProgress) => void;
}

/** Never rejects because of a buffer or the directory: what went wrong stands in the summary. */
export async function recoverBuffers(options: RecoverBuffersOptions): Promise<RecoverySummary> {
  const { capturesDir, dryRun = false, signal, log, fs = nodeFileSystem() } = options;
  const buffers: BufferSummary[] = [];
  let livingRuns = 0;
  let incomplete: readonly string[] = [];
  let found: FoundRuns = { runs: new Map(), locks: new Set() };
  try {
    found = await findBuffers(capturesDir, fs);
  } catch (error) {
    log.error({ err: error, path: capturesDir }, 'The captures directory cannot be read');
    buffers.push(new BufferAccount(capturesDir).summary('failed', String(error)));
  }
  const totalBytes = [...found.runs.values()].flat().reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const context = newContext(options, (path, bytes) => {
    done += bytes;
    options.onProgress?.({ path, bytes: done, totalBytes });
  });
  for (const [run, orphans] of found.runs) {
    if (signal?.aborted === true) break;
    const hasLockFile = found.locks.has(run);
    const orphan = { directory: capturesDir, run, hasLockFile, buffers: orphans };
    const summaries = await recoverRun(orphan, context);
    if (summaries === undefined) livingRuns++;
    else buffers.push(...summaries);
  }
  if (!dryRun) {
    const stray = [...found.locks].filter((run) => !found.runs.has(run));
    for (const run of stray) await removeStrayLock(capturesDir, run, context);
    incomplete = await incompleteSessions(context);
  }
  return summarise(buffers, {
    living_runs: livingRuns,
    incomplete_sessions: incomplete,
    interrupted: signal?.aborted ?? false,
    dry_run: dryRun,
  });
}
