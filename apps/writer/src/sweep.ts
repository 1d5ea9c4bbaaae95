/**
 * A running writer takes up what dead runs left, so that after a swap, or a crash of another writer
 * beside it, nothing waits for the next start. It is the recovery job's own code, with this
 * writer's databases.
 */
import type { Clock, Log } from '@elmetron/protocol';
import type { AppConfig, Health } from '@elmetron/runtime';
import { owedRebuild, recoverBuffers, type RecoverySummary } from '@elmetron/storage';
import type { Databases } from './databases.js';

const EVERY_MS = 60_000;
/** What the recovery before this start could not do is said soon. */
const FIRST_MS = 5_000;
/** While something is in the way. */
const TROUBLE_MS = 10_000;

export interface SweepOptions {
  readonly storage: AppConfig['storage'];
  readonly databases: Databases;
  readonly health: Health;
  /** Told when records of dead writers came into the databases. */
  readonly recovered: () => void;
  /** Told when no buffer of a dead writer is left, and no rebuild owed: all there is has come. */
  readonly nothingLeft: () => void;
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
    this.#in(FIRST_MS);
  }

  /** No further batch is begun; what is under way may take a moment: `stopped()`. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#stopping.abort();
  }

  async stopped(): Promise<void> {
    await this.#running;
  }

  #in(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#sweep().then((trouble) => {
        if (!this.#stopping.signal.aborted) this.#in(trouble ? TROUBLE_MS : EVERY_MS);
      });
    }, ms);
  }

  /** True when something is in the way that may pass. */
  async #sweep(): Promise<boolean> {
    const { storage, databases, recovered, nothingLeft, clock, log } = this.#options;
    try {
      const unfinished = await this.#unfinishedRebuilds();
      const summary = await recoverBuffers({
        capturesDir: storage.captures_dir,
        stores: databases.stores,
        archiveDays: storage.archive_days,
        // A rebuild that is not finished, or still to come, needs every archive there is.
        keepArchives: unfinished || databases.damaged,
        clock,
        log,
        signal: this.#stopping.signal,
      });
      this.#sayFailed(summary);
      const trouble = unfinished || summary.failed_recoveries > 0;
      if (!trouble && isThrough(summary)) nothingLeft();
      if (!summary.buffers.some(({ status }) => status === 'recovered')) return trouble;
      recovered();
      log.info(
        {
          measurements: summary.recovered_measurements,
          sessions: summary.recovered_sessions,
          failed: summary.failed_recoveries,
        },
        'Took up the buffers that a dead writer had left',
      );
      return trouble;
    } catch (error) {
      log.warn({ err: error }, 'Could not look for buffers of dead writers; trying again later');
      return true;
    }
  }

  async #unfinishedRebuilds(): Promise<boolean> {
    const { storage, health } = this.#options;
    let any = false;
    for (const path of [storage.database_path, storage.demo_database_path]) {
      const owed = await owedRebuild(path);
      if (owed === undefined) {
        health.clear('rebuild_unfinished', path);
        continue;
      }
      any = true;
      health.raise(
        'rebuild_unfinished',
        `The database ${path} was lost (${owed}), and its rebuild is not finished: older readings are still missing in it. Run "recovery rebuild" and look at what it says.`,
        { about: path },
      );
    }
    return any;
  }

  #sayFailed({ buffers }: RecoverySummary): void {
    const { health } = this.#options;
    const failed = buffers.filter(({ status }) => status === 'failed');
    const [first] = failed;
    if (first === undefined) {
      health.clear('buffers_not_recovered');
      return;
    }
    health.raise(
      'buffers_not_recovered',
      `${failed.length} buffer(s) of a dead writer could not be recovered and stay where they are; the first: ${first.path}: ${first.error ?? ''}`,
    );
  }
}

/** Nothing that it found is still to be taken up. */
function isThrough({ interrupted, buffers }: RecoverySummary): boolean {
  return !interrupted && buffers.every(({ status }) => status !== 'failed' && status !== 'kept');
}
