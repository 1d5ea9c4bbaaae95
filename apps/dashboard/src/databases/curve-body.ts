import type { Curve as ReadCurve, SeriesOfUnit } from '@elmetron/storage';
import type { Curve, Series } from '../api/readings.js';

/** A curve as the API has it. */
export function curveBody(curve: ReadCurve): Curve {
  const { from, to, readings, bucketMs, values, temperatures } = curve;
  return {
    from,
    to,
    readings,
    bucket_ms: bucketMs,
    values: values.map(seriesBody),
    temperatures: temperatures.map(seriesBody),
  };
}

/** The arrays themselves: as many as thousands of numbers are not copied to be sent. */
function seriesBody({ unit, at, low, high }: SeriesOfUnit): Series {
  return {
    unit,
    at: at as number[],
    low: low as (number | null)[],
    high: high as (number | null)[] | null,
  };
}
