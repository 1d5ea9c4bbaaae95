/** The lines of a picture: what of a curve is drawn, and how. */
import type { Curve, Series } from '../../../src/api/readings.js';
import type { Line } from '../charts/picture.js';
import { quantityKey, quantityName, type Picked, type Quantity } from './quantity.js';

/** What a curve has, each with its series: the values first. */
export const quantitiesIn = (curve: Curve): [Quantity, Series][] => [
  ...curve.values.map((s): [Quantity, Series] => [{ kind: 'value', unit: s.unit }, s]),
  ...curve.temperatures.map((s): [Quantity, Series] => [{ kind: 'temperature', unit: s.unit }, s]),
];

/** The first on the left axis, the second on the right one. `find` gives null for what is not there. */
export function linesOf(
  { first, second }: Picked,
  find: (quantity: Quantity) => Pick<Line, 'columns' | 'decimals'> | null,
): Line[] {
  const line = (quantity: Quantity | null, look: number, side: Line['side']): Line[] => {
    const found = quantity === null ? null : find(quantity);
    if (quantity === null || found === null) return [];
    const { unit } = quantity;
    return [
      { key: quantityKey(quantity), label: quantityName(quantity), unit, ...found, look, side },
    ];
  };
  return [...line(first, 0, 'left'), ...line(second, 1, 'right')];
}
