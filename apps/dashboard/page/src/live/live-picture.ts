/** The picture of a meter's curve up to now. */
import type { Mark } from '../../../src/api/readings.js';
import type { Line, Picture, PlotMark } from '../charts/picture.js';
import type { LiveMeter } from './live-meter.js';
import { chosen, quantityKey, quantityName, type Choice, type Quantity } from './quantity.js';

export function livePicture(meter: LiveMeter, now: number, choice: Choice): Picture {
  const { curve } = meter;
  const { first, second } = chosen(choice, curve.quantities, meter.reading?.unit ?? null);
  const lines = [lineOf(meter, first, 0, 'left'), lineOf(meter, second, 1, 'right')].filter(
    (line) => line !== null,
  );
  const from = now - curve.windowMs;
  return {
    from,
    to: now,
    lines,
    marks: numbered(meter.marks.within(from, now)),
    stretches: [],
    origin: meter.origin,
    elapsed: false,
  };
}

/** As they are numbered in the list. */
export const numbered = (marks: readonly Mark[]): PlotMark[] =>
  marks.map(({ at, until, level, kind }, i) => ({ at, until, level, kind, number: i + 1 }));

function lineOf(
  meter: LiveMeter,
  quantity: Quantity | null,
  look: number,
  side: Line['side'],
): Line | null {
  if (quantity === null) return null;
  const series = meter.curve.of(quantityKey(quantity));
  if (series === undefined) return null;
  return {
    key: quantityKey(quantity),
    label: quantityName(quantity),
    unit: quantity.unit,
    decimals: meter.decimals.of(quantity.unit),
    columns: series.columns,
    look,
    side,
  };
}
