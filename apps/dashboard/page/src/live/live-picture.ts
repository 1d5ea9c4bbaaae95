/** The picture of a meter's curve up to now. */
import type { Mark } from '../../../src/api/readings.js';
import type { Picture, PlotMark } from '../charts/picture.js';
import { linesOf } from './lines.js';
import type { LiveMeter } from './live-meter.js';
import { chosen, quantityKey, type Choice } from './quantity.js';

export function livePicture(meter: LiveMeter, now: number, choice: Choice): Picture {
  const { curve } = meter;
  const picked = chosen(choice, curve.quantities, meter.reading?.unit ?? null);
  const lines = linesOf(picked, (quantity) => {
    const series = curve.of(quantityKey(quantity));
    if (series === undefined) return null;
    return { columns: series.columns, decimals: meter.decimals.of(quantity.unit) };
  });
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
