/** The curve of readings that are at hand, by the rules by which those of a database are drawn. */
import { CurveBuilder } from './curve-builder.js';
import type { Curve, CurveRequest } from './curve.js';

export interface CurveReading {
  /** ms since 1970. */
  readonly at: number;
  readonly value: number | null;
  readonly unit: string;
  readonly temperature: number | null;
  readonly temperatureUnit: string;
}

/** `readings`: in the order in which they were taken. */
export function curveOf(readings: readonly CurveReading[], request: CurveRequest): Curve {
  let [first, last] = [Infinity, -Infinity];
  for (const { at } of readings) {
    first = Math.min(first, at);
    last = Math.max(last, at);
  }
  const from = Math.max(request.from ?? first, first);
  const to = Math.min(request.to ?? last, last);
  if (from > to) return emptyCurve(request);
  const builder = new CurveBuilder(from, to, request.points);
  for (const { at, value, unit, temperature, temperatureUnit } of readings) {
    builder.add(at, value, unit, temperature, temperatureUnit);
  }
  return builder.finish();
}

export function emptyCurve({ from, to }: CurveRequest): Curve {
  return {
    from: from ?? to ?? 0,
    to: to ?? from ?? 0,
    readings: 0,
    bucketMs: 0,
    values: [],
    temperatures: [],
    leftOut: 0,
  };
}
