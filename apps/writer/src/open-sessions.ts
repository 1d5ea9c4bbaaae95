/**
 * Keeps the sessions that are open here and in the database in agreement with what each source says
 * it still owns or owes: a session that it no longer lists has ended, or its acquisition has died.
 */
import type { Log } from '@elmetron/protocol';
import type { Store } from '@elmetron/storage';
import type { DatabaseLane } from './database-lane.js';
import type { Databases } from './databases.js';
import type { Intake } from './intake.js';
import type { SessionBuffers } from './session-buffers.js';

export interface OpenSessionsOptions {
  readonly intake: Intake;
  readonly buffers: SessionBuffers;
  readonly databases: Databases;
  /** How often the databases are told again, in milliseconds. */
  readonly againMs?: number;
  readonly log: Log;
}

/** A look costs two updates that find nothing; an open session that is over misleads whoever reads it. */
const AGAIN_MS = 10_000;

export class OpenSessions {
  readonly #options: OpenSessionsOptions;
  /** What each source listed last. */
  readonly #listed = new Map<string, readonly string[]>();
  /** For each database, the sources of which it is to be told; true: it is to be told once more after that. */
  readonly #due = new Map<DatabaseLane, Map<string, boolean>>();

  #timer: NodeJS.Timeout | undefined;

  constructor(options: OpenSessionsOptions) {
    this.#options = options;
  }

  /**
   * The databases are told again and again from now on. Two writers that change places may both tell
   * them once, the one that was just taken over last, with a list that is old by then: the one that
   * serves has the last word.
   */
  start(): void {
    this.#timer = setInterval(() => {
      this.lookAgain();
    }, this.#options.againMs ?? AGAIN_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The source owns or owes these sessions and no other. */
  listed(source: string, sessions: readonly string[]): void {
    const { intake, buffers } = this.#options;
    this.#listed.set(source, sessions);
    for (const known of [...intake.sessions.values()]) {
      if (known.source !== source || sessions.includes(known.session)) continue;
      intake.forget(known.session);
      // Unlisted means acknowledged to the end: nothing of it is on its way into the buffer.
      void buffers.end(known.session);
    }
    this.#tellSoon(source);
  }

  /** Another writer may serve the source now: what it listed here is old from now on. */
  forget(source: string): void {
    this.#listed.delete(source);
  }

  /** The sources that this writer serves now. */
  get sources(): readonly string[] {
    return [...this.#listed.keys()];
  }

  /** What the source owns or owes, as far as is known here; undefined when another writer may serve it. */
  owned(source: string): readonly string[] | undefined {
    const listed = this.#listed.get(source);
    return listed && [...listed, ...this.#begun(source)];
  }

  /** Sessions came into the databases by another way (a dead writer's buffer): look again. */
  lookAgain(): void {
    for (const source of this.#listed.keys()) this.#tellSoon(source);
  }

  /** Each database is told by itself: one that is locked keeps the other from nothing. */
  #tellSoon(source: string): void {
    for (const lane of this.#options.databases.lanes) this.#tellLaneSoon(lane, source);
  }

  #tellLaneSoon(lane: DatabaseLane, source: string): void {
    const due = this.#due.get(lane) ?? new Map<string, boolean>();
    this.#due.set(lane, due);
    const waits = due.has(source);
    due.set(source, waits);
    if (waits) return;
    void lane.afterEverythingPushed(async (store) => {
      await this.#tell(store, source);
      // Not before it is told: a locked database is tried again, and waits with one task however
      // often it is to be told meanwhile.
      const newer = due.get(source) === true;
      due.delete(source);
      // Records that came before the newer list may still be on their way into the database: a
      // session that is over is not there yet, and would stay open once it is.
      if (newer) this.#tellLaneSoon(lane, source);
    });
  }

  async #tell(store: Store, source: string): Promise<void> {
    const owned = this.owned(source);
    if (owned === undefined) return;
    const closed = await store.reconcileSessions(source, owned);
    for (const session of closed) {
      this.#options.log.warn(
        { source, session },
        'The session of a dead acquisition is closed as crashed',
      );
    }
  }

  /** Sessions that are taken now: one may have begun after the list was made. */
  #begun(source: string): string[] {
    return [...this.#options.intake.sessions.values()]
      .filter((session) => session.source === source)
      .map(({ session }) => session);
  }
}
