/**
 * Puts readings that the database has not got yet behind a curve that was read from it. They follow one another by
 * session and number, so that none is there twice and none between is missing.
 */
import type { Curve, LiveReading, Series } from '../api/readings.js';

/** A series in the making. */
interface Columns {
  readonly unit: string;
  readonly at: number[];
  readonly low: (number | null)[];
  readonly high: (number | null)[] | null;
}

/**
 * @param newer after the last reading that is in `curve`, in their order
 * @param gapMs readings farther apart than this have a gap between them
 */
export function joinReadings(curve: Curve, newer: readonly LiveReading[], gapMs: number): Curve {
  const within = newer.filter(({ at }) => at >= curve.from);
  const values = columnsOf(curve.values);
  const temperatures = columnsOf(curve.temperatures);
  for (const { at, value, unit, temperature, temperature_unit } of within) {
    append(values, curve, gapMs, unit, at, value);
    append(temperatures, curve, gapMs, temperature_unit, at, temperature);
  }
  return {
    ...curve,
    to: Math.max(curve.to, within.at(-1)?.at ?? curve.to),
    readings: curve.readings + within.length,
    values: [...values.values()],
    temperatures: [...temperatures.values()],
  };
}

function columnsOf(series: readonly Series[]): Map<string, Columns> {
  return new Map(
    series.map(({ unit, at, low, high }) => [
      unit,
      { unit, at: [...at], low: [...low], high: high === null ? null : [...high] },
    ]),
  );
}

function append(
  all: Map<string, Columns>,
  { from, bucket_ms }: Pick<Curve, 'from' | 'bucket_ms'>,
  gapMs: number,
  unit: string,
  at: number,
  value: number | null,
): void {
  let series = all.get(unit);
  if (series === undefined) {
    // Nothing to draw: a display without a number, a meter without a sensor of temperature.
    if (value === null) return;
    series = { unit, at: [], low: [], high: bucket_ms === 0 ? null : [] };
    all.set(unit, series);
  }
  const before = series.at.at(-1);
  // A clock was set back: it goes on where it was.
  if (before !== undefined && at < before) return;
  const broken = series.low.at(-1) === null;
  if (before !== undefined && !broken) {
    const bucket = (time: number) => Math.floor((time - from) / bucket_ms);
    if (series.high !== null && bucket(before) === bucket(at)) {
      widen(series.low, series.high, value);
      return;
    }
    // A point stands in the middle of its readings.
    if (at - before > gapMs + bucket_ms) push(series, (before + at) / 2, null);
  }
  push(series, at, value);
}

function widen(low: (number | null)[], high: (number | null)[], value: number | null): void {
  if (value === null) return;
  const last = low.length - 1;
  low[last] = Math.min(low[last] ?? value, value);
  high[last] = Math.max(high[last] ?? value, value);
}

function push({ at, low, high }: Columns, time: number, value: number | null): void {
  at.push(time);
  low.push(value);
  high?.push(value);
}
