/**
 * One quantity over time as the page keeps it: columns of one length, times ascending, each once. `low` and `high`
 * are the least and the greatest value around a point, the same where it is one reading. A point of nulls breaks the
 * line.
 */
export interface Columns {
  readonly at: number[];
  readonly low: (number | null)[];
  readonly high: (number | null)[];
}

export const noColumns = (): Columns => ({ at: [], low: [], high: [] });

/** As the server sends it: `high` is null where each point is one reading. */
export interface Sent {
  readonly at: readonly number[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[] | null;
}

/** Of a clock that was set back there may be two readings of one moment: they are one point, as live. */
export function columnsOf(sent: Sent): Columns {
  const columns = noColumns();
  for (const [i, at] of sent.at.entries()) {
    const low = sent.low[i] ?? null;
    const high = low === null ? null : (sent.high?.[i] ?? low);
    if (columns.at.at(-1) === at) widen(columns, columns.at.length - 1, low, high);
    else push(columns, at, low, high);
  }
  return columns;
}

export function push(
  columns: Columns,
  at: number,
  low: number | null,
  high: number | null = low,
): void {
  columns.at.push(at);
  columns.low.push(low);
  columns.high.push(high);
}

/** Takes the value into the point that is there: a point of nulls stays a point of values. */
export function widen(columns: Columns, i: number, low: number | null, high: number | null): void {
  if (low === null || high === null) return;
  const [least, greatest] = [columns.low[i] ?? null, columns.high[i] ?? null];
  columns.low[i] = least === null ? low : Math.min(least, low);
  columns.high[i] = greatest === null ? high : Math.max(greatest, high);
}

/** A point before the one that is at `i`. */
export function insert(columns: Columns, i: number, at: number, value: number | null): void {
  columns.at.splice(i, 0, at);
  columns.low.splice(i, 0, value);
  columns.high.splice(i, 0, value);
}

export function dropFirst({ at, low, high }: Columns, count: number): void {
  for (const column of [at, low, high]) column.splice(0, count);
}

export const slice = ({ at, low, high }: Columns, from: number, end?: number): Columns => ({
  at: at.slice(from, end),
  low: low.slice(from, end),
  high: high.slice(from, end),
});

/** The first index whose time is not before `at`; the length if there is none. */
export function indexAt(times: readonly number[], at: number): number {
  let [from, to] = [0, times.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((times[middle] ?? Infinity) < at) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** What lies in `from` … `to`, and one point on each side so that a line enters and leaves. */
export function cut(columns: Columns, from: number, to: number): Columns {
  const first = Math.max(0, indexAt(columns.at, from) - 1);
  const end = Math.min(columns.at.length, indexAt(columns.at, to) + 1);
  return slice(columns, first, end);
}

/** Whether points stand for more than one value. */
export const isBanded = ({ low, high }: Columns): boolean => low.some((v, i) => v !== high[i]);
