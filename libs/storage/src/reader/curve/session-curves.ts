/** Curves of sessions, each from one look at the database. */
import { LatestUsed } from '../latest-used.js';
import type { Queries } from '../queries.js';
import { findSession, sessionsOfSource, stateOf, type SessionKey } from '../session-key.js';
import { CurveBuilder } from './curve-builder.js';
import {
  emptyCurve,
  type Curve,
  type CurveRequest,
  type RecentCurve,
  type TimeExtent,
} from './curve.js';
import type { Numbers, ReadingScan } from './reading-scan.js';
import { TimeBlocks } from './time-blocks.js';

/** Of sessions that are over, for whoever looks at one again or compares some: a megabyte all told. */
const KEPT_CURVES = 8;

export class SessionCurves {
  readonly #queries: Queries;
  readonly #scan: ReadingScan;
  readonly #blocks: TimeBlocks;
  readonly #kept = new LatestUsed<Curve>(KEPT_CURVES);

  constructor(queries: Queries, scan: ReadingScan) {
    this.#queries = queries;
    this.#scan = scan;
    this.#blocks = new TimeBlocks(queries);
  }

  extent(uid: string): TimeExtent | undefined {
    return this.#queries.atOnce(() => {
      const session = findSession(this.#queries, uid);
      return session && this.#blocks.extent(session);
    });
  }

  curve(uid: string, request: CurveRequest): Curve {
    return this.#queries.atOnce(() => {
      const session = findSession(this.#queries, uid);
      if (session === undefined) return emptyCurve(request);
      if (session.over === 0) return this.#make(session, request);
      const key = `${stateOf(session)} ${request.from} ${request.to} ${request.points}`;
      const curve = this.#kept.get(key) ?? this.#make(session, request);
      this.#kept.set(key, curve);
      return curve;
    });
  }

  recent(source: string, from: number, points: number): RecentCurve {
    return this.#queries.atOnce(() => {
      const parts = sessionsOfSource(this.#queries, source, from).flatMap((session) => {
        const latest = this.#blocks.latest(session, from);
        return latest === undefined ? [] : { session, numbers: [latest], ...latest };
      });
      if (parts.length === 0) return { ...emptyCurve({ from, points }), ends: [] };
      const first = Math.min(...parts.map((part) => part.first));
      const last = Math.max(...parts.map((part) => part.last));
      const ends = parts.map(({ session, upTo }) => ({ session: session.uid, seq: upTo }));
      return { ...this.#draw(new CurveBuilder(first, last, points), parts), ends };
    });
  }

  #make(session: SessionKey, request: CurveRequest): Curve {
    const extent = this.#blocks.extent(session);
    if (extent === undefined) return emptyCurve(request);
    const from = Math.max(request.from ?? extent.first, extent.first);
    const to = Math.min(request.to ?? extent.last, extent.last);
    if (from > to) return emptyCurve(request);
    const numbers = this.#blocks.numbers(session, from, to);
    return this.#draw(new CurveBuilder(from, to, request.points), [{ session, numbers }]);
  }

  #draw(
    builder: CurveBuilder,
    parts: readonly { readonly session: SessionKey; readonly numbers: readonly Numbers[] }[],
  ): Curve {
    for (const { session, numbers } of parts) {
      builder.nextSession();
      for (const stretch of numbers) this.#scan.read(session.id, stretch, builder.add);
    }
    return builder.finish();
  }
}
