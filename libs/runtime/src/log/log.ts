/**
 * A process's own account of what it does: one JSON line each for the process manager, and a
 * readable form on a terminal. No worker thread is involved, so that the last line before an exit
 * is written too.
 */
import { createRequire } from 'node:module';
import { isatty } from 'node:tty';
import type { Log } from '@elmetron/protocol';
import { pino } from 'pino';
import type * as PinoPretty from 'pino-pretty';
import type { LogLevel } from '../config/index.js';
import { LineOutput } from './line-output.js';

/** A process's log. A line is written before the call returns, if the output takes it. */
export interface ProcessLog extends Log {
  fatal(fields: object, message: string): void;
  /** The same log with fields that stand in each of its lines. */
  child(fields: object): ProcessLog;
  /** Before an exit: waits for a slow output to take what waits, but not for one that takes nothing. */
  flush(): void;
}

export interface LogOptions {
  /** Stands in each line as `name`. */
  readonly name: string;
  readonly level: LogLevel;
  /** 1 = stdout (the default), 2 = stderr (for a program whose stdout is its result). */
  readonly fd?: 1 | 2;
  /** For reading instead of JSON lines; by default when the output is a terminal. */
  readonly pretty?: boolean;
  /** Instead of `fd`. */
  readonly output?: LineOutput;
}

export function createLog(options: LogOptions): ProcessLog {
  const fd = options.fd ?? 1;
  const output = options.output ?? new LineOutput(fd);
  const readable = (options.pretty ?? isatty(fd)) ? readableForm() : undefined;
  const destination = {
    write: (line: string) => output.write(readable?.(line) ?? line),
    flush: () => output.flush(),
  };
  const log = pino(
    {
      name: options.name,
      level: options.level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
    },
    destination,
  );
  output.onLost = (lines) =>
    log.warn({ lines }, `${lines} log lines were lost: the output took none`);
  return log;
}

/** Loaded only for a terminal: a process that is started again has no time for it. */
function readableForm(): (line: string) => string {
  const require = createRequire(import.meta.url);
  const { prettyFactory } = require('pino-pretty') as typeof PinoPretty;
  return prettyFactory({
    colorize: process.env['NO_COLOR'] === undefined,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname',
  });
}
