/** Which sessions are asked for, as conditions of a statement. */

export interface SessionFilter {
  /** Sessions that were open at this instant or later, UTC, ISO 8601 with ms. */
  readonly since?: string;
  /** Sessions that began before this instant. */
  readonly until?: string;
  /** Sessions that are over, and ended before this instant. */
  readonly endedBefore?: string;
  /** The serial number, or the model, or a part of either; upper and lower case are the same. */
  readonly meter?: string;
  /** Sessions with at least one reading in this unit. */
  readonly unit?: string;
  readonly source?: string;
  /** At most so many; all if not said. */
  readonly limit?: number;
}

export function sessionConditions(filter: SessionFilter): {
  readonly where: string;
  readonly parameters: readonly string[];
} {
  const conditions: string[] = [];
  const parameters: string[] = [];
  const add = (condition: string, ...values: string[]): void => {
    conditions.push(condition);
    parameters.push(...values);
  };
  const { since, until, endedBefore, meter, unit, source } = filter;
  if (since !== undefined) add('(ended_at IS NULL OR ended_at >= ?)', since);
  if (until !== undefined) add('started_at < ?', until);
  if (endedBefore !== undefined) add('end_reason IS NOT NULL AND ended_at < ?', endedBefore);
  if (meter !== undefined) {
    add('(instr(lower(serial), lower(?)) > 0 OR instr(lower(model), lower(?)) > 0)', meter, meter);
  }
  if (source !== undefined) add('source = ?', source);
  // Last: it is the only one that looks at readings.
  if (unit !== undefined) {
    add(
      `EXISTS (SELECT 1 FROM measurement_log m
         WHERE m.session_uid = session_log.session_uid AND m.unit = ?)`,
      unit,
    );
  }
  return {
    where: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`,
    parameters,
  };
}
