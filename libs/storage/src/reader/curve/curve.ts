/** Readings over time as a curve shows them. Times are UTC, ms since 1970. */

/** One quantity in one unit, in columns of one length. */
export interface SeriesOfUnit {
  readonly unit: string;
  /** Times of the points, ascending. */
  readonly at: readonly number[];
  /** The lowest value around each point; null where a line drawn through the points is to be broken. */
  readonly low: readonly (number | null)[];
  /** The highest; null as a whole: each point is one reading, and `low` is its value. */
  readonly high: readonly (number | null)[] | null;
}

export interface Curve {
  /** What was asked for, and never more than there is. */
  readonly from: number;
  readonly to: number;
  /** How many readings lie in it. */
  readonly readings: number;
  /**
   * What one point stands for, in ms; 0: every reading is there, also two of one time.
   * A gap that is shorter than this is only seen where it lies between two points.
   */
  readonly bucketMs: number;
  /** One for each unit with a value in it, in the order in which they appeared. */
  readonly values: readonly SeriesOfUnit[];
  /** One for each unit of temperature. */
  readonly temperatures: readonly SeriesOfUnit[];
  /**
   * Values that are in none of the series, of a meter that names more than 64 units: noise on the line, or
   * somebody's doing.
   */
  readonly leftOut: number;
}

export interface CurveRequest {
  /** ms since 1970, both ends included; all that there is if not said. */
  readonly from?: number;
  readonly to?: number;
  /** With no more readings than this every one of them is given, otherwise about so many points in each series. */
  readonly points: number;
}

/** Without a reading. */
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

/** Of a source up to now. */
export interface RecentCurve extends Curve {
  /** Of each session in it the number of its last reading: what has a higher one came after this curve. */
  readonly ends: readonly { readonly session: string; readonly seq: number }[];
}

/** From the first to the last reading, both ends included. */
export interface TimeExtent {
  readonly first: number;
  readonly last: number;
}
