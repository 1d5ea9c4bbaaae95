/** How often a living process makes a system call, counted by strace: it slows the process, so time nothing meanwhile. */
import { readFileSync } from 'node:fs';
import { Strace } from './strace.js';

export class CallCounts {
  readonly #strace: Strace;
  readonly #file: string;

  private constructor(strace: Strace, file: string) {
    this.#strace = strace;
    this.#file = file;
  }

  /** `file` is one of its own to make. */
  static async attach(pid: number, calls: readonly string[], file: string): Promise<CallCounts> {
    const args = ['-f', '-c', '-o', file, '-e', `trace=${calls.join(',')}`];
    return new CallCounts(await Strace.attach(pid, args), file);
  }

  /** Lets the process go; calls of all names together since the beginning. */
  async end(): Promise<number> {
    await this.#strace.end();
    return countedCalls(readFileSync(this.#file, 'utf8'));
  }
}

/** Of strace's summary: `% time, seconds, usecs/call, calls, errors (may be blank), syscall`, and a line `total`. */
export function countedCalls(summary: string): number {
  const rows = [...summary.matchAll(/^ *[\d.]+ +[\d.]+ +\d+ +(\d+)(?: +\d+)? +(\w+)$/gm)];
  return rows
    .filter(([, , name]) => name !== 'total')
    .reduce((sum, [, calls]) => sum + Number(calls), 0);
}
