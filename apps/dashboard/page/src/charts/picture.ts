/** What a curve shows, whoever draws it: lines over time, marks, stretches. */
import type { Origin } from '../live/origin.js';
import { cut, indexAt, type Columns } from '../live/columns.js';

export interface Line {
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  readonly decimals: number;
  readonly columns: Columns;
  /** Which of the colours and dashes: 0 … 7. */
  readonly look: number;
  readonly side: 'left' | 'right';
}

export interface PlotMark {
  readonly at: number;
  readonly until: number | null;
  readonly level: 'info' | 'warning' | 'error';
  readonly kind: string;
  /** As in the list beside the curve. */
  readonly number: number;
}

/** Shaded: readings that a recovery replayed. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Picture {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly Line[];
  readonly marks: readonly PlotMark[];
  readonly stretches: readonly Stretch[];
  /** What it is of: marked all over unless it is real. */
  readonly origin: Origin;
  /** x is time since a start, and not a moment. */
  readonly elapsed: boolean;
}

/** A line's values at one moment. */
export interface At {
  readonly line: Line;
  /** Of the point that is nearest. */
  readonly at: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** The nearest point with a value of each line, no further away than a fiftieth of what is shown. */
export function readAt(picture: Picture, x: number): At[] {
  const reach = (picture.to - picture.from) / 50;
  return picture.lines.flatMap((line) => {
    const { at, low, high } = line.columns;
    let nearest = -1;
    const from = Math.max(0, indexAt(at, x) - 2);
    for (let i = from; i < Math.min(at.length, from + 4); i++) {
      if ((low[i] ?? null) === null) continue;
      if (nearest < 0 || Math.abs((at[i] ?? 0) - x) < Math.abs((at[nearest] ?? 0) - x)) nearest = i;
    }
    const found = at[nearest];
    if (found === undefined || Math.abs(found - x) > reach) return [];
    return [{ line, at: found, low: low[nearest] ?? null, high: high[nearest] ?? null }];
  });
}

/** Nothing of it is seen in the time that is shown: neither a point nor a line between two that lie outside. */
export const isEmpty = ({ lines, from, to }: Picture): boolean =>
  lines.every(({ columns }) => {
    const { at, low } = cut(columns, from, to);
    return !at.some((time, i) => {
      const there = (low[i] ?? null) !== null;
      const inside = time >= from && time <= to;
      const crosses = time < from && (at[i + 1] ?? from) > to && (low[i + 1] ?? null) !== null;
      return there && (inside || crosses);
    });
  });

/** The times that have a value within what is shown, each once, ascending: where a cursor can stand. */
export function stops(picture: Picture): number[] {
  const all = new Set<number>();
  for (const { columns } of picture.lines)
    for (const [i, at] of columns.at.entries())
      if (at >= picture.from && at <= picture.to && (columns.low[i] ?? null) !== null) all.add(at);
  return [...all].sort((a, b) => a - b);
}

/**
 * Where a cursor stands after so many steps along `all`; null: nowhere. From nowhere any step brings it to the last
 * one, which is now, and only the whole way back to the first.
 */
export function cursorAfter(
  all: readonly number[],
  here: number | null,
  by: number,
): number | null {
  const last = all.length - 1;
  if (here === null) return all[by === -Infinity ? 0 : last] ?? null;
  // Between two points the next one in the direction is the first step.
  const from = by > 0 ? indexAt(all, here + 0.5) - 1 : indexAt(all, here - 0.5);
  return all[Math.min(last, Math.max(0, from + by))] ?? null;
}

export interface Summary {
  readonly line: Line;
  readonly points: number;
  readonly least: number;
  readonly greatest: number;
  readonly last: number;
  readonly breaks: number;
}

/** What a line is, for those who do not see it; null where nothing is shown. */
export function summaryOf(line: Line, from: number, to: number): Summary | null {
  const { at, low, high } = cut(line.columns, from, to);
  let [points, least, greatest, breaks] = [0, Infinity, -Infinity, 0];
  let last: number | null = null;
  for (const [i, time] of at.entries()) {
    if (time < from || time > to) continue;
    const [lowest, highest] = [low[i] ?? null, high[i] ?? null];
    if (lowest === null || highest === null) {
      if (points > 0) breaks++;
      continue;
    }
    points++;
    least = Math.min(least, lowest);
    greatest = Math.max(greatest, highest);
    last = highest;
  }
  return last === null ? null : { line, points, least, greatest, last, breaks };
}
