/**
 * A disk of its own for one directory of a bench, small enough to be filled: a tmpfs, so that it is
 * the kernel that says there is no room, in the middle of whatever call it comes upon.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statfsSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const BALLAST = 'ballast';

export class SmallDisk {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** Mounts it at `dir`, which is made. Throws when the machine does not allow it: see `mountProblem`. */
  static mount(dir: string, kilobytes: number): SmallDisk {
    mkdirSync(dir, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(kilobytes)}k`, 'tmpfs', dir], {
      stdio: 'pipe',
    });
    return new SmallDisk(dir);
  }

  /** Takes up all room but about so many kilobytes, by a file that nobody else knows. */
  fill(leaveKilobytes = 0): void {
    const file = openSync(join(this.dir, BALLAST), 'a');
    try {
      // 4 KiB a time, to the last page: each page is given or refused by itself.
      const page = Buffer.alloc(4096, 0x2e);
      while (this.freeKilobytes > leaveKilobytes) writeSync(file, page);
    } finally {
      closeSync(file);
    }
  }

  /** There is room again. */
  clear(): void {
    unlinkSync(join(this.dir, BALLAST));
  }

  get freeKilobytes(): number {
    const { bavail, bsize } = statfsSync(this.dir);
    return (bavail * bsize) / 1024;
  }

  /** Also while somebody still has a file open on it. Twice is once. */
  unmount(): void {
    unmount(this.dir);
  }
}

/** Takes the topmost mount off a directory; `-l`, as a killed process may not have let go of it yet. */
export function unmount(dir: string): void {
  execFileSync('umount', ['-l', dir], { stdio: 'pipe' });
}
