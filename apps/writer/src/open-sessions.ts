/**
 * Keeps the sessions that are open here and in the database in agreement with what each source says
 * it still owns or owes: a session that it no longer lists has ended, or its acquisition has died.
 */
import type { Log } from '@elmetron/protocol';
import type { Databases } from './databases.js';
import type { Intake } from './intake.js';
import type { Journal } from './journal.js';

export interface OpenSessionsOptions {
  readonly intake: Intake;
  readonly journal: Journal;
  readonly databases: Databases;
  readonly log: Log;
}

export class OpenSessions {
  readonly #options: OpenSessionsOptions;
  /** What the sources listed last and the databases have not been told yet. */
  readonly #due = new Map<string, readonly string[]>();
  #telling: Promise<void> = Promise.resolve();

  constructor(options: OpenSessionsOptions) {
    this.#options = options;
  }

  listed(source: string, sessions: readonly string[]): void {
    const { intake, journal, log } = this.#options;
    for (const known of [...intake.sessions.values()]) {
      if (known.source !== source || sessions.includes(known.session)) continue;
      intake.forget(known.session);
      // Unlisted means acknowledged to the end: nothing of it is on its way into the buffer.
      journal.end(known.session).catch((error: unknown) => {
        log.warn(
          { err: error, session: known.session },
          'The buffer of a finished session could not be closed',
        );
      });
    }
    const waiting = this.#due.has(source);
    this.#due.set(source, sessions);
    if (!waiting) this.#telling = this.#telling.then(() => this.#tell(source));
  }

  /** Waits for the commits before it, and for a locked database as long as it takes; the newest list counts. */
  async #tell(source: string): Promise<void> {
    const { databases, log } = this.#options;
    await Promise.all(
      databases.lanes.map((lane) =>
        lane.afterEverythingPushed(async (store) => {
          const sessions = this.#due.get(source);
          if (sessions === undefined) return;
          const closed = await store.reconcileSessions(source, sessions);
          for (const session of closed) {
            log.warn({ source, session }, 'The session of a dead acquisition is closed as crashed');
          }
        }),
      ),
    );
    this.#due.delete(source);
  }
}
