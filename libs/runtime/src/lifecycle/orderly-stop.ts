/**
 * How a process comes to its end: its parts are closed one after another, the last made first,
 * within a time that the process manager grants. What takes longer is named and left behind: that
 * costs no reading, since whatever was acknowledged is on disk.
 */
import type { Log } from '@elmetron/protocol';

interface Part {
  readonly name: string;
  readonly close: () => void | Promise<void>;
}

export interface OrderlyStopParts {
  readonly withinMs: number;
  readonly log: Log;
  /** Ends the process; called once. */
  readonly exit: (code: number) => void;
}

export class OrderlyStop {
  readonly #parts: Part[] = [];
  readonly #abort = new AbortController();
  readonly #withinMs: number;
  readonly #log: Log;
  readonly #exit: (code: number) => void;
  #exitCode = 0;

  constructor({ withinMs, log, exit }: OrderlyStopParts) {
    this.#withinMs = withinMs;
    this.#log = log;
    this.#exit = exit;
  }

  /** Aborted when the stop begins. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  add(name: string, close: Part['close']): void {
    this.#parts.push({ name, close });
  }

  /**
   * Begins, or only notes a higher exit code when it has begun. `started` settles when no further
   * part will be added: a process that is told to stop while it starts is first let start.
   */
  begin(exitCode: number, started: Promise<void>): void {
    this.#exitCode = Math.max(this.#exitCode, exitCode);
    if (this.signal.aborted) return;
    this.#abort.abort();
    let busyWith = 'start';
    const deadline = setTimeout(() => {
      const message = `Did not stop within ${this.#withinMs} ms, waiting for: ${busyWith}. Ended all the same.`;
      this.#log.error({ part: busyWith }, message);
      this.#exit(Math.max(this.#exitCode, 1));
    }, this.#withinMs);
    const closing = this.#closeAll(started, (part) => (busyWith = part));
    void closing.then(() => {
      clearTimeout(deadline);
      this.#exit(this.#exitCode);
    });
  }

  /** Never rejects. */
  async #closeAll(started: Promise<void>, enter: (part: string) => void): Promise<void> {
    await started.catch(() => {});
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      enter(part.name);
      try {
        await part.close();
      } catch (error) {
        this.#log.error({ err: error, part: part.name }, `Could not be closed: ${part.name}`);
        this.#exitCode = Math.max(this.#exitCode, 1);
      }
    }
  }
}
