/**
 * What the machine that runs the tests allows. Each of these tries the thing itself and says why it
 * does not work, in words for the reason of a skip; undefined when it works.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeReadOnly } from './read-only.js';
import { SmallDisk } from './small-disk.js';

/** Whether a tmpfs and a read-only mount can be made here. */
export function mountProblem(): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'elmetron-mount-'));
  try {
    const disk = SmallDisk.mount(dir, 64);
    try {
      makeReadOnly(dir)();
    } finally {
      disk.unmount();
    }
    return undefined;
  } catch (error) {
    return `no file system can be mounted here: ${said(error)}`;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Whether strace is there and may attach to another process. */
export function traceProblem(): string | undefined {
  const script =
    'sleep 5 & other=$!; strace -p $other -e trace=none & tracer=$!; sleep 0.3; kill -INT $tracer; wait $tracer; kill $other';
  const { stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  if (/ attached\b/.test(stderr)) return undefined;
  return `strace cannot attach to a process here: ${stderr.trim().split('\n')[0] ?? 'it says nothing'}`;
}

/** Whether the limits of a running process can be changed. */
export function limitProblem(): string | undefined {
  try {
    execFileSync('prlimit', ['--pid', String(process.pid), '--nofile'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `prlimit does not work here: ${said(error)}`;
  }
}

function said(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split('\n').join(' ');
}
