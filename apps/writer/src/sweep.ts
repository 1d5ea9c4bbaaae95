/**
 * A running writer takes up what dead runs left, so that after a swap, or a crash of another writer
 * beside it, nothing waits for the next start. It is the recovery job's own code, with this
 * writer's databases.
 */
import type { Clock, Log } from '@elmetron/protocol';
import type { AppConfig } from '@elmetron/runtime';
import { recoverBuffers } from '@elmetron/storage';
import type { Databases } from './databases.js';

const EVERY_MS = 60_000;

export interface SweepOptions {
  readonly storage: AppConfig['storage'];
  readonly databases: Databases;
  /** Told when records of dead writers came into the databases. */
  readonly recovered: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

export class Sweep {
  readonly #options: SweepOptions;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#sweep().finally(() => {
        if (!this.#stopping.signal.aborted) this.start();
      });
    }, EVERY_MS);
  }

  /** No further batch is begun; what is under way may take a moment: `stopped()`. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#stopping.abort();
  }

  async stopped(): Promise<void> {
    await this.#running;
  }

  async #sweep(): Promise<void> {
    const { storage, databases, recovered, clock, log } = this.#options;
    try {
      const summary = await recoverBuffers({
        capturesDir: storage.captures_dir,
        stores: databases.stores,
        archiveDays: storage.archive_days,
        clock,
        log,
        signal: this.#stopping.signal,
      });
      if (!summary.buffers.some(({ status }) => status === 'recovered')) return;
      recovered();
      log.info(
        {
          measurements: summary.recovered_measurements,
          sessions: summary.recovered_sessions,
          failed: summary.failed_recoveries,
        },
        'Took up the buffers that a dead writer had left',
      );
    } catch (error) {
      log.warn({ err: error }, 'Could not look for buffers of dead writers; trying again later');
    }
  }
}
