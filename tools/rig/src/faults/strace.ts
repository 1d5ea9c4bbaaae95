/** strace on a living process, until it is told to let go. */
import { spawn, type ChildProcess } from 'node:child_process';
import { eventually, PATIENCE_MS } from '../eventually.js';

export class Strace {
  readonly #process: ChildProcess;
  readonly #gone: Promise<void>;

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.#gone = new Promise((resolve) => {
      child.once('close', () => {
        resolve();
      });
    });
  }

  /** Resolves when every thread of the process is in its hands. */
  static async attach(pid: number, args: readonly string[]): Promise<Strace> {
    const child = spawn('strace', ['-p', String(pid), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const strace = new Strace(child);
    let said = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (piece: string) => (said += piece));
    await eventually(
      `strace to attach to ${String(pid)}`,
      () => / attached\b/.test(said),
      PATIENCE_MS,
      () => said,
    );
    return strace;
  }

  /** Lets the process go. Twice is once, also after the process's end. */
  async end(): Promise<void> {
    this.#process.kill('SIGINT');
    await this.#gone;
  }
}
