/**
 * All that a process says: its result, its log, and why it ends. A message is for a person when a
 * person can help, a stack when only a programmer can; and nothing said is lost by leaving.
 */
import { isatty } from 'node:tty';
import type { LogLevel } from '../config/index.js';
import { isExpectedError } from '../errors.js';
import { createLog, LineOutput, type ProcessLog } from '../log/index.js';

export class Voice {
  log: ProcessLog;
  readonly #name: string;
  readonly #logFd: 1 | 2;
  readonly #stdout = new LineOutput(1);
  readonly #stderr = new LineOutput(2);

  constructor(name: string, logTo: 'stdout' | 'stderr') {
    this.#name = name;
    this.#logFd = logTo === 'stdout' ? 1 : 2;
    this.log = this.#createLog('info');
  }

  /** Once the configuration is known. */
  setLevel(level: LogLevel): void {
    this.log = this.#createLog(level);
  }

  print(text: string): void {
    this.#stdout.write(text);
  }

  /** Says why the process cannot go on, and gives the exit code for that. */
  explain(error: unknown): 1 | 2 {
    if (!isExpectedError(error)) {
      this.log.fatal({ err: error }, 'Ended by an unexpected error');
      return 1;
    }
    this.complain(error.message);
    // Whoever reads only the log learns it too; whoever sees both outputs reads it once.
    if (this.#logFd === 1 && !isatty(1)) this.log.fatal({ code: error.code }, error.message);
    return 2;
  }

  /** On stderr, for the person who has started the process. */
  complain(message: string): void {
    this.#stderr.write(`${this.#name}: ${message}\n`);
  }

  /** For what came from nowhere: nothing is known of the state any more, so nothing is closed. */
  crash(error: unknown): never {
    this.log.fatal({ err: error }, 'Ended by an unexpected error');
    return this.exit(1);
  }

  exit(code: number): never {
    this.#stdout.flush();
    this.#stderr.flush();
    return process.exit(code);
  }

  #createLog(level: LogLevel): ProcessLog {
    const output = this.#logFd === 1 ? this.#stdout : this.#stderr;
    return createLog({ name: this.#name, level, fd: this.#logFd, output });
  }
}
