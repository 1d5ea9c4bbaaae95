/** What a process says of itself, and what it gets: the two sides of `runProcess`. */
import type { Clock } from '@elmetron/protocol';
import type { Config } from '../config/index.js';
import type { ProcessLog } from '../log/index.js';
import type { OptionDefinitions, OptionValues } from './command-line.js';

/** What `main` gets: all that a process has from outside, and the ways to end. */
export interface ProcessContext<O extends OptionDefinitions = Record<never, never>> {
  readonly config: Config;
  /** The options of the command line that the definition names. */
  readonly options: OptionValues<O>;
  readonly log: ProcessLog;
  readonly clock: Clock;
  /** Aborted when the process begins to stop, by a signal or by `stop`. */
  readonly signal: AbortSignal;
  /** Registers how a part is closed. On stopping they run one after another, the last registered first. */
  readonly onStop: (part: string, close: () => void | Promise<void>) => void;
  /**
   * Registers what happens at SIGHUP, with the configuration read again; a bad one is logged and
   * not handed on. Without it SIGHUP stops the process.
   */
  readonly onHangup: (reload: (config: Config) => void | Promise<void>) => void;
  /**
   * Registers the proof of life that is asked for before the watchdog of systemd is fed: it settles when the
   * parts that matter have answered, and rejects with what is wrong. Only a process that registers one tells
   * systemd that it is ready (`Type=notify`).
   */
  readonly onWatchdog: (prove: () => void | Promise<void>) => void;
  /** Ends the process in order with this exit code; called twice, the higher code counts. Returns at once. */
  readonly stop: (exitCode: number) => void;
  /** Writes to stdout: a result, not a log line. */
  readonly print: (text: string) => void;
}

/** Says what a process is where it does not run yet, without losing the types of its options. */
export function defineProcess<const O extends OptionDefinitions = Record<never, never>>(
  definition: ProcessDefinition<O>,
): ProcessDefinition<O> {
  return definition;
}

export interface ProcessDefinition<O extends OptionDefinitions = Record<never, never>> {
  /** `acquisition`: in log lines and in the usage. */
  readonly name: string;
  /** The first word of the command line, for a job beside the ordinary one: `rebuild`. */
  readonly command?: string;
  /** What it does, for `--help`. */
  readonly summary: string;
  /** Whole command lines with what they are for, for `--help`. */
  readonly examples?: readonly string[];
  readonly options?: O;
  /** Where the log goes: `stdout` if not said; `stderr` when stdout carries a result. */
  readonly logTo?: 'stdout' | 'stderr';
  /** How long an orderly stop may take; 5000. */
  readonly stopWithinMs?: number;
  /**
   * Makes and wires the parts, and returns when they run; the process lives on until `stop` or a
   * signal. What it throws ends the process: 2 for an error of our libraries, 1 for any other.
   */
  readonly main: (context: ProcessContext<O>) => void | Promise<void>;
}
