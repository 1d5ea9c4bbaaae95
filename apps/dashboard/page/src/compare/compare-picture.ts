/** Several sessions as one picture: each begins at 0, in one quantity. */
import type { Curve } from '../../../src/api/readings.js';
import type { SessionRow } from '../../../src/api/sessions.js';
import type { Line, Picture } from '../charts/picture.js';
import type { View } from '../charts/zoom.js';
import { columnsOf } from '../live/columns.js';
import { originOf, worstOrigin } from '../live/origin.js';
import { quantityKey, type Quantity } from '../live/quantity.js';
import { decimalsIn, quantitiesOf, seriesFor } from '../session/session-picture.js';

export interface Compared {
  readonly row: SessionRow;
  /** What is 0 for it: the first reading by number, whatever the clock said later. */
  readonly start: number;
  /** The least and the greatest time of its readings, ms since 1970. */
  readonly first: number;
  readonly last: number;
}

/** All quantities that any of them has, the one of most sessions first. */
export function sharedQuantities(curves: readonly (Curve | null)[]): Quantity[] {
  const counts = new Map<string, { quantity: Quantity; count: number }>();
  for (const curve of curves)
    for (const quantity of curve === null ? [] : quantitiesOf(curve)) {
      const key = quantityKey(quantity);
      counts.set(key, { quantity, count: (counts.get(key)?.count ?? 0) + 1 });
    }
  return [...counts.values()]
    .toSorted((a, b) => rank(a.quantity) - rank(b.quantity) || b.count - a.count)
    .map(({ quantity }) => quantity);
}

const rank = ({ kind }: Quantity): number => (kind === 'value' ? 0 : 1);

/** From 0 to the end of the longest; from before 0 where a clock was set back. */
export const wholeTime = (sessions: readonly Compared[]): View => ({
  from: Math.min(0, ...sessions.map(({ start, first }) => first - start)),
  to: Math.max(1000, ...sessions.map(({ start, last }) => last - start)),
});

export function comparePicture(of: {
  readonly sessions: readonly Compared[];
  /** In the same order; null: not there. */
  readonly curves: readonly (Curve | null)[];
  readonly names: readonly string[];
  readonly quantity: Quantity | null;
  readonly view: View;
}): Picture {
  const lines = of.sessions.flatMap(({ start, row }, i): Line[] => {
    const curve = of.curves[i] ?? null;
    const series =
      curve === null || of.quantity === null ? undefined : seriesFor(curve, of.quantity);
    if (series === undefined) return [];
    const columns = columnsOf({ ...series, at: series.at.map((at) => at - start) });
    return [
      {
        key: row.session_uid,
        label: of.names[i] ?? row.session_uid,
        unit: series.unit,
        decimals: decimalsIn(series),
        columns,
        look: i,
        side: 'left',
      },
    ];
  });
  return {
    ...of.view,
    lines,
    marks: [],
    stretches: [],
    origin: worstOrigin(of.sessions.map(({ row }) => originOf(row.emulated))),
    elapsed: true,
  };
}
