/**
 * Makes a directory read-only while processes work in it: a read-only mount of the directory laid over
 * itself. Whoever opens, makes or removes a file below it gets EROFS from the kernel; files that are
 * open already stay writable, so for those see `failCalls`.
 */
import { execFileSync } from 'node:child_process';
import { unmount } from './small-disk.js';

/** Returns what makes it writable again; twice is once. Throws when the machine does not allow it: see `mountProblem`. */
export function makeReadOnly(dir: string): () => void {
  execFileSync('mount', ['--bind', dir, dir], { stdio: 'pipe' });
  let readOnly = true;
  const undo = (): void => {
    if (readOnly) unmount(dir);
    readOnly = false;
  };
  try {
    execFileSync('mount', ['-o', 'remount,bind,ro', dir], { stdio: 'pipe' });
  } catch (error) {
    undo();
    throw error;
  }
  return undo;
}
