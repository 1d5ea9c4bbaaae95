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

export class Identities {
  readonly #parts: IdentitiesParts;
  /** By source, of its latest session that is known. */
  readonly #known = new Map<string, Identity>();
  readonly #askedAt = new Map<string, number>();

  constructor(parts: IdentitiesParts) {
    this.#parts = parts;
  }

  /** What was said of a session; of an earlier one than is known it changes nothing. */
  tell(source: string, said: Identity): void {
    const known = this.#known.get(source);
    // Names of sessions sort by the time of their beginning.
    if (known === undefined || said.session >= known.session) this.#known.set(source, said);
  }

  /**
   * Of this session; of null, when none is known to go on, that of the last one. What is not known is looked up, for
   * the next time.
   */
  of(source: string, session: string | null): Identity | undefined {
    const known = this.#known.get(source);
    if (known !== undefined && (session === null || known.session === session)) return known;
    this.#lookUp(source, session);
    return undefined;
  }

  #lookUp(source: string, session: string | null): void {
    const { stored, monotonic, changed, log } = this.#parts;
    const now = monotonic();
    if (now - (this.#askedAt.get(source) ?? -Infinity) < AGAIN_MS) return;
    this.#askedAt.set(source, now);
    stored(source, session).then(
      (identity) => {
        if (identity === undefined) return;
        this.tell(source, identity);
        changed();
      },
      (error: unknown) => {
        log.debug({ err: error, source }, 'It cannot be looked up which meter this is');
      },
    );
  }
}
