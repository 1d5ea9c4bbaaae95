/** Readings as they were recorded, a page at a time. */
import type { Queries } from './queries.js';
import type { LoggedReading } from './rows.js';

export interface ReadingRange {
  /** Numbers above this one; all if not said. */
  readonly after?: number;
  /** Numbers up to and with this one. */
  readonly upTo?: number;
  /** `captured_at` from this instant on, UTC, ISO 8601 with ms. */
  readonly since?: string;
  /** `captured_at` before this instant. */
  readonly until?: string;
}

/** Readings of a page, if there are as many: some hundred kilobytes, and some milliseconds. */
export const PAGE_READINGS = 2_000;

export const READING_COLUMNS = `seq, captured_at, elapsed_ms, device_time, value, unit, temperature,
  temperature_unit, raw_frame, recovered`;

/** By the table: the view would make a text of the time of each reading only to compare it. */
const IN_RANGE = `FROM measurements WHERE session_id = (SELECT id FROM sessions WHERE uid = ?)
  AND seq > ? AND seq <= ? AND captured_ms >= ? AND captured_ms < ?`;

/** The first readings of the range, in the order of their numbers. Throws RangeError: a time is none. */
export function pageOfReadings(
  queries: Queries,
  session: string,
  range: ReadingRange,
): LoggedReading[] {
  return queries.all<LoggedReading>(
    `SELECT ${READING_COLUMNS} FROM measurement_log WHERE session_uid = ? AND seq IN (
       SELECT seq ${IN_RANGE} ORDER BY seq LIMIT ${PAGE_READINGS})
     ORDER BY seq`,
    session,
    session,
    ...bounds(range),
  );
}

/** Throws RangeError: a time is none. */
export function countInRange(queries: Queries, session: string, range: ReadingRange): number {
  const [row] = queries.all<{ readonly n: number }>(
    `SELECT count(*) AS n ${IN_RANGE}`,
    session,
    ...bounds(range),
  );
  return row?.n ?? 0;
}

function bounds({ after, upTo, since, until }: ReadingRange): number[] {
  const end = Number.MAX_SAFE_INTEGER;
  return [after ?? -1, upTo ?? end, instantOf(since) ?? -end, instantOf(until) ?? end];
}

function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw new RangeError(`"${text}" is no time in ISO 8601.`);
  return instant;
}
