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
 * @param newer what is not in `curve`, in the order in which it came
 * @param gapMs readings farther apart than this have a gap between them
 */
export function joinReadings(curve: Curve, newer: readonly LiveReading[], gapMs: number): Curve {
  const values = columnsOf(curve.values);
  const temperatures = columnsOf(curve.temperatures);
  let { from, to } = curve;
  for (const { at, value, unit, temperature, temperature_unit } of newer) {
    add(values, curve, gapMs, unit, at, value);
    add(temperatures, curve, gapMs, temperature_unit, at, temperature);
    [from, to] = [Math.min(from, at), Math.max(to, at)];
  }
  return {
    ...curve,
    from,
    to,
    readings: curve.readings + newer.length,
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

function add(
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
  const place = placeOf(series.at, at);
  const bucket = (time: number | undefined) => Math.floor(((time ?? NaN) - from) / bucket_ms);
  for (const beside of [place - 1, place]) {
    const known = series.low[beside] ?? null;
    if (series.high === null || known === null || bucket(series.at[beside]) !== bucket(at))
      continue;
    widen(series.low, series.high, beside, value);
    return;
  }
  const before = series.at.at(-1);
  const atEnd = place === series.at.length;
  // A point stands in the middle of its readings.
  if (
    atEnd &&
    before !== undefined &&
    series.low.at(-1) !== null &&
    at - before > gapMs + bucket_ms
  )
    insert(series, place, (before + at) / 2, null);
  insert(series, placeOf(series.at, at), at, value);
}

/** Behind all that are not later. As a rule that is the end, but not when a clock was set back. */
function placeOf(at: readonly number[], time: number): number {
  let place = at.length;
  while (place > 0 && (at[place - 1] ?? 0) > time) place -= 1;
  return place;
}

function widen(
  low: (number | null)[],
  high: (number | null)[],
  place: number,
  value: number | null,
): void {
  if (value === null) return;
  low[place] = Math.min(low[place] ?? value, value);
  high[place] = Math.max(high[place] ?? value, value);
}

function insert(
  { at, low, high }: Columns,
  place: number,
  time: number,
  value: number | null,
): void {
  at.splice(place, 0, time);
  low.splice(place, 0, value);
  high?.splice(place, 0, value);
}
