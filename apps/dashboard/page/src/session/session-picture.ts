/** The picture of a recorded session's curve. */
import type { Curve, Mark, Series } from '../../../src/api/readings.js';
import type { Picture, Stretch } from '../charts/picture.js';
import type { View } from '../charts/zoom.js';
import { columnsOf } from '../live/columns.js';
import { Decimals } from '../live/decimals.js';
import { linesOf, quantitiesIn } from '../live/lines.js';
import { numbered } from '../live/live-picture.js';
import type { Origin } from '../live/origin.js';
import type { Picked, Quantity } from '../live/quantity.js';

export const quantitiesOf = (curve: Curve): Quantity[] =>
  quantitiesIn(curve).map(([quantity]) => quantity);

/**
 * What has to be asked for, so that the line comes in from the reading before and leaves to the one after: a few of
 * the usual distances more, in whole ms.
 */
export function withNeighbours(
  view: View,
  of: { readonly first: number; readonly last: number; readonly readings: number },
): { from: number; to: number } {
  const more = (3 * (of.last - of.first)) / Math.max(1, of.readings);
  return {
    from: Math.floor(Math.max(Math.min(of.first, view.from), view.from - more)),
    to: Math.ceil(Math.min(Math.max(of.last, view.to), view.to + more)),
  };
}

/** How many readings are shown: exactly where each is a point, of which a few lie outside. */
export function readingsIn(curve: Curve, { from, to }: View): number {
  if (curve.bucket_ms !== 0) return curve.readings;
  // A reading without a value is a point, too, but so is a break: only the server knows those apart.
  const inside = (at: number): boolean => at >= from && at <= to;
  if (inside(curve.from) && inside(curve.to)) return curve.readings;
  return curve.values.reduce(
    (sum, { at, low }) => sum + at.filter((time, i) => inside(time) && low[i] !== null).length,
    0,
  );
}

/** The unit that was displayed most often. */
export function mainUnit(curve: Curve): string | null {
  const counts = curve.values.map(({ unit, low }) => ({
    unit,
    points: low.filter((value) => value !== null).length,
  }));
  return counts.toSorted((a, b) => b.points - a.points)[0]?.unit ?? null;
}

export function seriesFor(curve: Curve, { kind, unit }: Quantity): Series | undefined {
  const all = kind === 'value' ? curve.values : curve.temperatures;
  return all.find((series) => series.unit === unit);
}

export function sessionPicture(
  of: Picked & {
    readonly curve: Curve;
    readonly view: View;
    readonly marks: readonly Mark[];
    readonly stretches: readonly Stretch[];
    readonly origin: Origin;
  },
): Picture {
  const { curve, view, marks, stretches, origin } = of;
  const lines = linesOf(of, (quantity) => {
    const series = seriesFor(curve, quantity);
    if (series === undefined) return null;
    return { columns: columnsOf(series), decimals: decimalsIn(series) };
  });
  return {
    from: view.from,
    to: view.to,
    lines,
    marks: numbered(marks),
    stretches,
    origin,
    elapsed: false,
  };
}

/** As many as any of its points needs. */
export function decimalsIn({ unit, low, high }: Series): number {
  const seen = new Decimals();
  for (const value of low) if (value !== null) seen.see(unit, value);
  for (const value of high ?? []) if (value !== null) seen.see(unit, value);
  return seen.of(unit);
}
