/** The curve of readings that are at hand, without a database: what it has read in blocks must come to the same. */
import { CurveBuilder } from '../curve/curve-builder.js';
import { emptyCurve, type Curve, type CurveRequest } from '../curve/curve.js';
import { measuredOf, type MadeReading } from './made-readings.js';

/** `readings`: in the order in which they were taken. */
export function curveOf(readings: readonly MadeReading[], request: CurveRequest): Curve {
  const times = readings.map(({ at }) => at);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const from = Math.max(request.from ?? first, first);
  const to = Math.min(request.to ?? last, last);
  if (from > to) return emptyCurve(request);
  const builder = new CurveBuilder(from, to, request.points);
  for (const reading of readings) {
    const { at, value, unit, temperature, temperatureUnit } = measuredOf(reading);
    builder.add(at, value, unit, temperature, temperatureUnit);
  }
  return builder.finish();
}
