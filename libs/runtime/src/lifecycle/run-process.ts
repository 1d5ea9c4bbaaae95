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
  onStop(part: string, close: () => void | Promise<void>): void;
  /** At SIGHUP, with the configuration read again (a bad one is logged and not handed on). Without a handler SIGHUP stops. */
  onHangup(reload: (config: Config) => void | Promise<void>): void;
  /** Ends the process in order with this exit code; called twice, the higher code counts. Returns at once. */
  stop(exitCode: number): void;
  /** Writes to stdout (a result, not a log line). */
  print(text: string): void;
}

export interface ProcessDefinition<O extends OptionDefinitions = Record<never, never>> {
  /** `acquisition`: in log lines and in the usage. */
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  readonly options?: O;
  /** Where the log goes; stderr when stdout carries a result. */
  readonly logTo?: 'stdout' | 'stderr';
  /** How long an orderly stop may take; 5000. */
  readonly stopWithinMs?: number;
  /** Makes and wires the parts, and returns when they run. The process lives on until `stop` or a signal. */
  readonly main: (context: ProcessContext<O>) => void | Promise<void>;
}

/** Runs a process from its command line to its exit code; the last and only call of a `main.ts`. */
export function runProcess<const O extends OptionDefinitions = Record<never, never>>(
  definition: ProcessDefinition<O>,
): void {
  throw new Error(`not yet: ${definition.name}`);
}
