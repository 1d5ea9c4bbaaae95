/**
 * Which meter a source's readings are of. It is said when a session begins, and by acquisition while it runs; that it
 * was an emulated one must not be forgotten when acquisition has gone, nor when this process began later: then the
 * database is asked.
 */
import type { Log } from '@elmetron/protocol';

export interface Identity {
  readonly session: string;
  /** ms since 1970. */
  readonly startedAt: number | null;
  readonly model: string | null;
  readonly serial: string | null;
  readonly port: string | null;
  readonly profile: string | null;
  readonly emulated: boolean | null;
}

export interface IdentitiesParts {
  /** What is stored of this session or, of null, of the last one of the source. */
  readonly stored: (source: string, session: string | null) => Promise<Identity | undefined>;
  readonly monotonic: () => number;
  /** Something is known that was not. */
  readonly changed: () => void;
  readonly log: Log;
}

/** So often the database is asked for what it may not have yet. */
const AGAIN_MS = 3_000;
/** Sessions of a source that are remembered: as many as there may be readings of in memory. */
const MOST_SESSIONS = 50;

export class Identities {
  readonly #parts: IdentitiesParts;
  /** By source and session; that which was said last is the last one. */
  readonly #known = new Map<string, Map<string, Identity>>();
  readonly #askedAt = new Map<string, number>();

  constructor(parts: IdentitiesParts) {
    this.#parts = parts;
  }

  tell(source: string, said: Identity): void {
    const known = this.#of(source);
    // What goes on being said of a session makes it no later one.
    known.set(said.session, said);
    for (const oldest of known.keys()) {
      if (known.size <= MOST_SESSIONS) break;
      known.delete(oldest);
    }
  }

  /**
   * Of this session; of null, when none is known to go on, that of the last one. What is not known is looked up, for
   * the next time.
   */
  of(source: string, session: string | null): Identity | undefined {
    const identity = this.known(source, session);
    if (identity === undefined) this.#lookUp(source, session);
    return identity;
  }

  /** The same, without looking it up. */
  known(source: string, session: string | null): Identity | undefined {
    const known = this.#of(source);
    return session === null ? [...known.values()].at(-1) : known.get(session);
  }

  #of(source: string): Map<string, Identity> {
    const known = this.#known.get(source) ?? new Map<string, Identity>();
    this.#known.set(source, known);
    return known;
  }

  #lookUp(source: string, session: string | null): void {
    const { stored, monotonic, changed, log } = this.#parts;
    const now = monotonic();
    if (now - (this.#askedAt.get(source) ?? -Infinity) < AGAIN_MS) return;
    this.#askedAt.set(source, now);
    stored(source, session).then(
      (identity) => {
        if (identity === undefined) return;
        // Before all that was said meanwhile: what is stored is never the latest of these.
        this.#known.set(source, new Map([[identity.session, identity], ...this.#of(source)]));
        changed();
      },
      (error: unknown) => {
        log.debug({ err: error, source }, 'It cannot be looked up which meter this is');
      },
    );
  }
}
