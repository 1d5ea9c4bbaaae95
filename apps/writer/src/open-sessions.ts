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
  /** What each source listed last. */
  readonly #listed = new Map<string, readonly string[]>();
  /** Sources whose list the databases have not been told yet. */
  readonly #due = new Set<string>();
  #telling: Promise<void> = Promise.resolve();

  constructor(options: OpenSessionsOptions) {
    this.#options = options;
  }

  /** The source owns or owes these sessions and no other. */
  listed(source: string, sessions: readonly string[]): void {
    const { intake, journal, log } = this.#options;
    this.#listed.set(source, sessions);
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
    this.#tellSoon(source);
  }

  /** Sessions came into the databases by another way (a dead writer's buffer): look again. */
  lookAgain(): void {
    for (const source of this.#listed.keys()) this.#tellSoon(source);
  }

  #tellSoon(source: string): void {
    if (this.#due.has(source)) return;
    this.#due.add(source);
    this.#telling = this.#telling.then(() => this.#tell(source));
  }

  /** Waits for the commits before it, and for a locked database as long as it takes. */
  async #tell(source: string): Promise<void> {
    const { databases, log } = this.#options;
    await Promise.all(
      databases.lanes.map((lane) =>
        lane.afterEverythingPushed(async (store) => {
          const closed = await store.reconcileSessions(source, this.#alive(source));
          for (const session of closed) {
            log.warn({ source, session }, 'The session of a dead acquisition is closed as crashed');
          }
        }),
      ),
    );
    this.#due.delete(source);
  }

  /** The newest list, and what began after it: a session must not be closed because the list is older. */
  #alive(source: string): string[] {
    const begun = [...this.#options.intake.sessions.values()]
      .filter((session) => session.source === source)
      .map(({ session }) => session);
    return [...(this.#listed.get(source) ?? []), ...begun];
  }
}
