/**
 * Stands by in a process of its own, in case the run itself is killed: PM2 and what it runs would
 * live on. It waits for the end of its standard input, which nobody can keep from coming.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../../dist/managed/guard-main.js', import.meta.url));

/** What it is told when there is nothing left to guard. */
export const DISMISSED = 'dismissed';

export class Guard {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Should the run be killed, its processes are ended and `dir` is removed. */
  static start(dir: string, pm2Home: string): Guard {
    const child = spawn(process.execPath, [ENTRY, dir, pm2Home], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    child.unref();
    return new Guard(child);
  }

  dismiss(): void {
    this.#child.stdin?.end(DISMISSED);
  }
}
