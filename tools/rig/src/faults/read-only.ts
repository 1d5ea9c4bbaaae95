/**
 * Makes a directory read-only while processes work in it: a read-only mount of the directory laid over
 * itself. Whoever opens, makes or removes a file below it gets EROFS from the kernel; files that are
 * open already stay writable, so for those see `failCalls`.
 *
 * The mount is made elsewhere first: in its place, a process could open a file through it in the moment
 * before it is read-only, and the kernel would refuse to make it so.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unmount } from './small-disk.js';

/** Returns what makes it writable again; twice is once. Throws when the machine does not allow it: see `mountProblem`. */
export function makeReadOnly(dir: string): () => void {
  const elsewhere = mkdtempSync(join(tmpdir(), 'read-only-'));
  try {
    mount('--bind', dir, elsewhere);
    try {
      mount('-o', 'remount,bind,ro', elsewhere);
      mount('--bind', elsewhere, dir);
    } finally {
      unmount(elsewhere);
    }
  } finally {
    rmdirSync(elsewhere);
  }
  let readOnly = true;
  return () => {
    if (readOnly) unmount(dir);
    readOnly = false;
  };
}

function mount(...args: string[]): void {
  execFileSync('mount', args, { stdio: 'pipe' });
}
