/**
 * Keeps the promise that a hole in the numbers of a session is explained or is an alarm. Whoever
 * loses records says so where it can; this finds what nobody said, such as records that a foreign
 * program acknowledged in the writer's name and did not keep.
 *
 * ```
 *   sweep left nothing ─▶ all pushed is committed ─▶ look: over, not listed, numbers missing
 *        ─▶ no buffer of it lies anywhere ─▶ the same a sweep later ─▶ alarm, event, log
 * ```
 * The event makes the hole explained: it is told once, also over restarts. Should the records come
 * all the same, they are taken as ever.
 */
import { crc32 } from 'node:zlib';
import type { Clock, Log } from '@elmetron/protocol';
import type { SequenceRange, SessionHoles, Store, StoreEvent } from '@elmetron/storage';
import type { DatabaseLane } from './database-lane.js';
import type { Databases } from './databases.js';
import type { OpenSessions } from './open-sessions.js';

/**
 * So long the same numbers must have been missing. Sweeps are a minute apart, so it takes two: in a
 * swap the other writer may commit what it has until its end, and what it leaves is swept up.
 */
const MISSING_FOR_MS = 50_000;
/** As many ranges as a person would read in a message; the event has all. */
const SHOWN = 10;

export interface MissingNumbersOptions {
  readonly databases: Pick<Databases, 'lanes'>;
  readonly openSessions: Pick<OpenSessions, 'sources' | 'owned'>;
  /** Sessions of which a buffer lies on disk that is not this run's own. */
  readonly inOtherBuffers: () => Promise<ReadonlySet<string>>;
  /** A person has to see it. */
  readonly alarm: (message: string) => void;
  readonly clock: Clock;
  readonly log: Log;
}

interface Seen {
  readonly ranges: string;
  /** On the monotonic clock. */
  readonly since: number;
}

type SeenBySession = ReadonlyMap<string, Seen>;

export class MissingNumbers {
  readonly #options: MissingNumbersOptions;
  /** What each database lacked at the last look. */
  readonly #seen = new Map<DatabaseLane, SeenBySession>();
  /** Databases that a look waits for: one that is locked for hours gets one, not sixty. */
  readonly #looking = new Set<DatabaseLane>();

  constructor(options: MissingNumbersOptions) {
    this.#options = options;
  }

  /** To be called when nothing that a dead writer left waits any more. */
  look(): void {
    const { databases, log } = this.#options;
    for (const lane of databases.lanes) {
      if (this.#looking.has(lane)) continue;
      this.#looking.add(lane);
      lane
        .afterEverythingPushed(async (store) => {
          const seen = this.#seen.get(lane) ?? new Map<string, Seen>();
          this.#seen.set(lane, await this.#lookInto(store, seen));
        })
        .catch((error: unknown) => {
          log.warn({ err: error }, 'Whether sessions lack numbers could not be looked at');
        })
        .finally(() => {
          this.#looking.delete(lane);
        });
    }
  }

  /** Tells what was missing long enough; resolves to what is missing and not told yet. */
  async #lookInto(store: Store, before: SeenBySession): Promise<SeenBySession> {
    const { openSessions, clock } = this.#options;
    const missing = new Map<string, Seen>();
    // Before the database is asked: what lies in no buffer by now is in there, or nowhere.
    const waiting = await this.#inOtherBuffers();
    if (waiting === undefined) return missing;
    const now = clock.monotonic();
    for (const source of openSessions.sources) {
      const owned = openSessions.owned(source);
      if (owned === undefined) continue;
      for (const holes of await store.unexplainedHoles(source, owned)) {
        if (waiting.has(holes.session)) continue;
        const ranges = JSON.stringify(holes.missing);
        const known = before.get(holes.session);
        const since = known?.ranges === ranges ? known.since : now;
        if (now - since >= MISSING_FOR_MS) await this.#tell(store, source, holes);
        else missing.set(holes.session, { ranges, since });
      }
    }
    return missing;
  }

  /** Undefined when nobody can say, which is as good as a buffer of every session. */
  async #inOtherBuffers(): Promise<ReadonlySet<string> | undefined> {
    try {
      return await this.#options.inOtherBuffers();
    } catch (error) {
      this.#options.log.warn(
        { err: error },
        'Whether sessions lack numbers is not looked at: their buffers cannot be listed',
      );
      return undefined;
    }
  }

  /** The alarm first: killed in between, or with the database locked, it is told again, not never. */
  async #tell(store: Store, source: string, { session, missing }: SessionHoles): Promise<void> {
    const { alarm, clock, log } = this.#options;
    const count = missing.reduce((sum, { from, to }) => sum + to - from + 1, 0);
    const message =
      'A session that is over lacks numbers: neither its source nor a buffer nor the database has them';
    alarm(`${message}: ${inWords(missing)} of session ${session} of ${source}`);
    await store.recordEvent(
      holeEvent(session, missing, { at: clock.now(), message, payload: { source, count } }),
    );
    log.error({ source, session, count, missing: missing.slice(0, SHOWN) }, message);
  }
}

function holeEvent(
  session: string,
  missing: readonly SequenceRange[],
  { at, message, payload }: { at: number; message: string; payload: Record<string, unknown> },
): StoreEvent {
  // By a checksum of the ranges: there may be more of them than make a key.
  const ranges = crc32(JSON.stringify(missing)).toString(16).padStart(8, '0');
  return {
    key: `hole:${session}:missing:${ranges}`,
    session,
    at: new Date(at).toISOString(),
    level: 'error',
    category: 'hole',
    message,
    payload: { ...payload, missing: missing.map((range) => ({ ...range })) },
  };
}

/** `0–4, 7 and 12 more ranges` */
function inWords(missing: readonly SequenceRange[]): string {
  const shown = missing
    .slice(0, SHOWN)
    .map(({ from, to }) => (from === to ? String(from) : `${String(from)}–${String(to)}`))
    .join(', ');
  const more = missing.length - SHOWN;
  return more > 0 ? `${shown} and ${String(more)} more ranges` : shown;
}
