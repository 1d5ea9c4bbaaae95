import type { Log } from '@elmetron/protocol';
import type { LogLevel } from '../config/index.js';

/** A process's log. Every line is written before the call returns. */
export interface ProcessLog extends Log {
  fatal(fields: object, message: string): void;
  /** The same log with fields that stand in each of its lines. */
  child(fields: object): ProcessLog;
}

export interface LogOptions {
  /** Stands in each line as `name`. */
  readonly name: string;
  readonly level: LogLevel;
  /** 1 = stdout (the default), 2 = stderr (for a program whose stdout is its result). */
  readonly fd?: 1 | 2;
}

export function createLog(options: LogOptions): ProcessLog {
  throw new Error(`not yet: ${options.name}`);
}
