/** SIGHUP: the configuration is read again, and only a sound one is handed on. */
import type { Log } from '@elmetron/protocol';
import { loadConfig, type Config } from '../config/index.js';
import { isExpectedError } from '../errors.js';

export interface ReloadParts {
  /** The configuration file. */
  readonly path: string;
  readonly log: Log;
  /** Aborted when the process stops: nothing is handed on from then. */
  readonly signal: AbortSignal;
}

export class Reload {
  /** Takes the configuration; without it there is nothing to reload. */
  handler: ((config: Config) => void | Promise<void>) | undefined;
  readonly #parts: ReloadParts;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: ReloadParts) {
    this.#parts = parts;
  }

  /**
   * Reads and hands on, one call after another. After an expected error the process goes on as it
   * was, and the log says so; rejects with any other.
   */
  run(): Promise<void> {
    this.#last = this.#last.then(() => this.#reload());
    return this.#last;
  }

  async #reload(): Promise<void> {
    const { path, log, signal } = this.#parts;
    if (signal.aborted) return;
    try {
      const config = loadConfig(path);
      log.info({ path }, 'Read the configuration again');
      for (const sentence of config.ignored) log.info({}, sentence);
      await this.handler?.(config);
    } catch (error) {
      if (!isExpectedError(error)) throw error;
      log.error({ code: error.code }, `The configuration was not taken over. ${error.message}`);
    }
  }
}
