/**
 * Tells whether a run (one life of one writer, or of an acquisition with its spool) is alive:
 * exactly as long as it holds this lock. Recovery takes the lock of a run before it touches the
 * run's buffers, so it can neither disturb a living writer nor work beside another recovery.
 *
 * After taking a dead run's lock, list its buffers anew: an earlier list may name buffers that
 * another recovery has removed in between.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from '../errors.js';
import { KernelLock } from './kernel-lock.js';

const PATTERN = /^run_([0-9A-Za-z][0-9A-Za-z.-]*)\.lock$/;

export function lockFileName(run: string): string {
  return `run_${run}.lock`;
}

/** The run that a lock file belongs to; undefined when the name is none of a lock file. */
export function parseLockFileName(name: string): string | undefined {
  return PATTERN.exec(name)?.[1];
}

export class RunLock {
  readonly run: string;
  readonly #lock: KernelLock;

  private constructor(run: string, lock: KernelLock) {
    this.run = run;
    this.#lock = lock;
  }

  /**
   * For the run itself, before it makes its first file. Throws StorageError `lock_held` when a
   * living process holds it, `buffer_unwritable` when the directory cannot be used.
   */
  static acquire(directory: string, run: string): RunLock {
    const lock = RunLock.tryTake(directory, run);
    if (lock !== undefined) return lock;
    throw new StorageError(
      'lock_held',
      `${join(directory, lockFileName(run))} is held by another living process. Stop that process first, or give this one a directory of its own.`,
    );
  }

  /** For recovery: the lock when the run is dead, undefined when a living process holds it. Throws `buffer_unwritable`. */
  static tryTake(directory: string, run: string): RunLock | undefined {
    const lock = KernelLock.take(join(directory, lockFileName(run)), 'exclusive');
    return lock && new RunLock(run, lock);
  }

  /**
   * For whoever only looks: whether a living process holds it. Asked as a reader: a run that takes its lock at
   * this very moment waits an instant, where an exclusive look would turn it away. Throws `buffer_unwritable`.
   */
  static isHeld(directory: string, run: string): boolean {
    const path = join(directory, lockFileName(run));
    // Not there: a writer makes it before its first buffer.
    if (!existsSync(path)) return false;
    const lock = KernelLock.take(path, 'shared');
    lock?.release();
    return lock === undefined;
  }

  get path(): string {
    return this.#lock.path;
  }

  /** `remove` when the run has no files left. Removing it while it has some is harmless: its run is dead then. */
  release(options: { readonly remove?: boolean } = {}): void {
    this.#lock.release(options);
  }
}
