/**
 * Lets system calls of a living process fail, from now on and until told otherwise: strace steps
 * between the process and the kernel, so what fails is the real call of the real program.
 */
import { readFileSync } from 'node:fs';
import { eventually, PATIENCE_MS } from '../eventually.js';
import { Strace } from './strace.js';

export interface CallFault {
  /** Names of system calls that fail, as strace knows them: `['fdatasync']`. */
  readonly calls: readonly string[];
  /** `EIO`, `EROFS`, `EMFILE` … */
  readonly error: string;
  /** Only calls on these files; they need not exist yet. All files, when left out. */
  readonly paths?: readonly string[];
  /** Each thread's so-manieth call and those after it; 1. */
  readonly from?: number;
  /** Further calls that are only noted. */
  readonly watch?: readonly string[];
}

/** One call as it was seen. */
export interface SeenCall {
  readonly name: string;
  /** Everything strace prints behind the name: arguments and result. */
  readonly text: string;
  /** It did not reach the kernel: it was made to fail. */
  readonly injected: boolean;
}

/** strace's own arguments for a fault; what traces a whole life puts the command behind them. */
export function straceArguments(fault: CallFault, trace: string): string[] {
  const { calls, error, paths = [], from = 1, watch = [] } = fault;
  return [
    '-f',
    // The path of each descriptor, so that calls on several files can be told apart.
    '-y',
    ...['-o', trace],
    ...paths.flatMap((path) => ['-P', path]),
    ...['-e', `trace=${[...calls, ...watch].join(',')}`],
    ...['-e', `inject=${calls.join(',')}:error=${error}:when=${String(from)}+`],
  ];
}

export class FailingCalls {
  readonly #strace: Strace;
  readonly #trace: string;

  private constructor(strace: Strace, trace: string) {
    this.#strace = strace;
    this.#trace = trace;
  }

  /** Resolves when every thread of the process is in its hands. `trace` is a file of its own to make. */
  static async attach(pid: number, fault: CallFault, trace: string): Promise<FailingCalls> {
    return new FailingCalls(await Strace.attach(pid, straceArguments(fault, trace)), trace);
  }

  /** The calls seen so far, in the order in which they began. */
  seen(): SeenCall[] {
    return readCalls(this.#trace);
  }

  /** Waits until a call was made to fail. */
  async struck(withinMs = PATIENCE_MS): Promise<void> {
    await eventually(
      'a call to fail',
      () => this.seen().some(({ injected }) => injected),
      withinMs,
      () => JSON.stringify(this.seen().slice(-10)),
    );
  }

  /** Lets the process go; its calls reach the kernel again. Twice is once, also after the process's end. */
  async end(): Promise<void> {
    await this.#strace.end();
  }
}

/** Reads a trace that strace has written, or is still writing; in the order in which the calls began. */
export function readCalls(trace: string): SeenCall[] {
  const text = readFileSync(trace, 'utf8');
  const calls: { name: string; text: string; injected: boolean }[] = [];
  const begun = new Map<string, { text: string; injected: boolean }>();
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    const [, thread = '', what = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const injected = what.includes('(INJECTED)');
    const call = /^(\w+)\((.*)$/.exec(what);
    if (call !== null) {
      const seen = { name: call[1] ?? '', text: call[2] ?? '', injected };
      calls.push(seen);
      // Another thread's line came before its result: that follows on a line of its own.
      if (what.endsWith('<unfinished ...>')) begun.set(thread, seen);
    } else if (what.startsWith('<... ')) {
      const seen = begun.get(thread);
      if (seen === undefined) continue;
      seen.text += what;
      seen.injected = injected;
    }
  }
  return calls;
}
