/** Lines with times of their own as the one table that uPlot draws. */
import { isBanded, type Columns } from '../live/columns.js';

export type Cell = number | null | undefined;

export interface Table {
  readonly x: readonly number[];
  /** For each line its least values, and the greatest if it has a band. `undefined`: no point of this line. */
  readonly lines: readonly {
    readonly low: readonly Cell[];
    readonly high: readonly Cell[] | null;
  }[];
}

export function join(lines: readonly Columns[]): Table {
  const x = timesOf(lines);
  return {
    x,
    lines: lines.map((columns) => ({
      low: spread(x, columns.at, columns.low),
      high: isBanded(columns) ? spread(x, columns.at, columns.high) : null,
    })),
  };
}

function timesOf(lines: readonly Columns[]): readonly number[] {
  const [first, ...others] = lines;
  if (first === undefined) return [];
  if (others.every(({ at }) => sameTimes(at, first.at))) return first.at;
  const all = new Float64Array(lines.reduce((sum, { at }) => sum + at.length, 0));
  let filled = 0;
  for (const { at } of lines) {
    all.set(at, filled);
    filled += at.length;
  }
  all.sort();
  const times: number[] = [];
  for (const at of all) if (at !== times.at(-1)) times.push(at);
  return times;
}

const sameTimes = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length === b.length && a.every((at, i) => at === b[i]));

function spread(
  x: readonly number[],
  at: readonly number[],
  values: readonly (number | null)[],
): readonly Cell[] {
  if (x === at) return values;
  let i = 0;
  return x.map((time) => (at[i] === time ? (values[i++] ?? null) : undefined));
}

/**
 * Points that no line touches, since there is a break on both sides: they would not be seen. Indexes of `cells`
 * in `from` … `to`.
 */
export function lonely(cells: readonly Cell[], from: number, to: number): number[] {
  const found: number[] = [];
  let [before, value]: [Cell, number] = [null, -1];
  const close = (after: Cell): void => {
    if (value >= 0 && before === null && after === null) found.push(value);
  };
  for (let i = from; i <= to; i++) {
    const cell = cells[i];
    if (cell === undefined) continue;
    close(cell);
    if (value >= 0) before = cells[value];
    if (cell === null) [before, value] = [null, -1];
    else value = i;
  }
  close(null);
  return found;
}
