/** The curve of a meter up to now: what the database has, and behind it what it has not got yet. */
import type { Log } from '@elmetron/protocol';
import type { RecentCurve } from '@elmetron/storage';
import { gapLimitMs } from '../api/gap.js';
import type { Curve } from '../api/readings.js';
import type { Bench } from '../benches/bench.js';
import { DashboardError } from '../dashboard-error.js';
import { askEach } from '../databases/ask-each.js';
import { curveBody } from '../databases/curve-body.js';
import type { Database } from '../databases/database.js';
import { joinReadings } from './join-readings.js';
import type { LiveHub } from './live-hub.js';

export interface HistoryParts {
  /** By source, the databases that its readings go to. */
  readonly databases: ReadonlyMap<string, readonly Database[]>;
  readonly benches: readonly Pick<Bench, 'source' | 'pollIntervalMs'>[];
  readonly hub: Pick<LiveHub, 'source'>;
  /** Whether the meter of a session is an emulated one or, without a session, the one of now; undefined: not known. */
  readonly emulated: (source: string, session?: string) => boolean | undefined;
  readonly log: Log;
}

export interface HistoryRange {
  /** ms since 1970 */
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

export class History {
  readonly #parts: HistoryParts;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  /** Throws DashboardError `source_not_found`. */
  async of(source: string, range: HistoryRange, signal?: AbortSignal): Promise<Curve> {
    const { hub, benches } = this.#parts;
    const feed = hub.source(source);
    const bench = benches.find((one) => one.source === source);
    if (feed === undefined || bench === undefined) {
      throw new DashboardError('source_not_found', `There is no meter ${source} on this page.`);
    }
    const stored = await this.#stored(source, range, signal);
    // Only now: what came meanwhile is in neither of the two else.
    const newer = feed.ring
      .after(stored?.curve.ends ?? [])
      .filter(({ at }) => at >= range.from)
      .filter(({ session }) => this.#isOf(source, session, stored?.emulated));
    const interval = feed.ring.interval ?? bench.pollIntervalMs;
    const curve = stored === undefined ? nothing(range) : curveBody(stored.curve);
    return joinReadings(curve, newer, gapLimitMs(interval));
  }

  /** Emulated readings and real ones never stand in one curve. */
  #isOf(source: string, session: string, stored: boolean | undefined): boolean {
    const { emulated } = this.#parts;
    const wanted = emulated(source) ?? stored;
    const is = emulated(source, session);
    return wanted === undefined || is === undefined || is === wanted;
  }

  /** undefined: nothing is stored, or nothing can be read; the page has what comes all the same. */
  async #stored(
    source: string,
    range: HistoryRange,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly curve: RecentCurve; readonly emulated: boolean } | undefined> {
    const { databases, emulated, log } = this.#parts;
    const isEmulated = emulated(source);
    const candidates = (databases.get(source) ?? []).filter(
      (database) => isEmulated === undefined || database.emulated === isEmulated,
    );
    const { answers, problems } = await askEach(
      candidates,
      'large',
      (reader) => reader.recent(source, range.from, range.points),
      signal && { signal },
    );
    for (const { database, error } of problems) {
      log.warn({ code: error.code, path: database.path }, error.message);
    }
    const [latest] = answers
      .map(({ database, answer }) => ({ curve: answer, emulated: database.emulated }))
      .filter(({ curve }) => curve.readings > 0)
      .sort((a, b) => b.curve.to - a.curve.to);
    return latest;
  }
}

function nothing({ from, to }: HistoryRange): Curve {
  return { from, to, readings: 0, bucket_ms: 0, values: [], temperatures: [] };
}
