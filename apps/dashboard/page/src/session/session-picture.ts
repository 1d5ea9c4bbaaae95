/** The picture of a recorded session's curve. */
import type { Curve, Mark, Series } from '../../../src/api/readings.js';
import type { Line, Picture, Stretch } from '../charts/picture.js';
import type { View } from '../charts/zoom.js';
import { columnsOf } from '../live/columns.js';
import { Decimals } from '../live/decimals.js';
import { numbered } from '../live/live-picture.js';
import type { Origin } from '../live/origin.js';
import { quantityKey, quantityName, type Quantity } from '../live/quantity.js';

export const quantitiesOf = (curve: Curve): Quantity[] => [
  ...curve.values.map(({ unit }): Quantity => ({ kind: 'value', unit })),
  ...curve.temperatures.map(({ unit }): Quantity => ({ kind: 'temperature', unit })),
];

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

export function sessionPicture(of: {
  readonly curve: Curve;
  readonly view: View;
  readonly first: Quantity | null;
  readonly second: Quantity | null;
  readonly marks: readonly Mark[];
  readonly stretches: readonly Stretch[];
  readonly origin: Origin;
}): Picture {
  const { curve, view, marks, stretches, origin } = of;
  const lines = [lineOf(curve, of.first, 0, 'left'), lineOf(curve, of.second, 1, 'right')];
  return {
    from: view.from,
    to: view.to,
    lines: lines.filter((line) => line !== null),
    marks: numbered(marks),
    stretches,
    origin,
    elapsed: false,
  };
}

function lineOf(
  curve: Curve,
  quantity: Quantity | null,
  look: number,
  side: Line['side'],
): Line | null {
  const series = quantity === null ? undefined : seriesFor(curve, quantity);
  if (quantity === null || series === undefined) return null;
  return {
    key: quantityKey(quantity),
    label: quantityName(quantity),
    unit: quantity.unit,
    decimals: decimalsIn(series),
    columns: columnsOf(series),
    look,
    side,
  };
}

/** As many as any of its points needs. */
export function decimalsIn({ unit, low, high }: Series): number {
  const seen = new Decimals();
  for (const value of low) if (value !== null) seen.see(unit, value);
  for (const value of high ?? []) if (value !== null) seen.see(unit, value);
  return seen.of(unit);
}
