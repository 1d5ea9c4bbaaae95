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
  /**
   * A part of its name, model, serial number, source or profile, of a note, or of what was ever said by a key;
   * upper and lower case are the same.
   */
  readonly text?: string;
  /** Sessions that come after this one: what `sessions` gave last, for the next page. */
  readonly before?: SessionPlace;
  /** At most so many; all if not said. */
  readonly limit?: number;
}

/** Where a session stands among all, the latest first. */
export interface SessionPlace {
  readonly startedAt: string | null;
  readonly uid: string;
}

/** Defined for the connection: whether a text or number holds a part, which is folded already. */
export const HOLDS = 'elmetron_holds';

export function holds(text: unknown, part: unknown): number {
  if (typeof text !== 'string' && typeof text !== 'number') return 0;
  return folded(String(text)).includes(String(part)) ? 1 : 0;
}

/** SQLite itself knows upper and lower case of English only. */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** `withKeys`: the database knows what people said by a key; one of an older version has only notes. */
export function sessionConditions(
  filter: SessionFilter,
  withKeys: boolean,
): {
  readonly where: string;
  readonly parameters: readonly string[];
} {
  const conditions: string[] = [];
  const parameters: string[] = [];
  const add = (condition: string, ...values: string[]): void => {
    conditions.push(condition);
    parameters.push(...values);
  };
  const { since, until, endedBefore, meter, unit, source, text, before } = filter;
  if (since !== undefined) add('(ended_at IS NULL OR ended_at >= ?)', since);
  if (until !== undefined) add('started_at < ?', until);
  if (endedBefore !== undefined) add('end_reason IS NOT NULL AND ended_at < ?', endedBefore);
  if (meter !== undefined) {
    add('(instr(lower(serial), lower(?)) > 0 OR instr(lower(model), lower(?)) > 0)', meter, meter);
  }
  if (source !== undefined) add('source = ?', source);
  if (before !== undefined) addPlace(before, add);
  if (text !== undefined && text !== '') {
    const columns = textColumns(withKeys);
    add(`(${columns.join(' OR ')})`, ...columns.map(() => folded(text)));
  }
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

type Add = (condition: string, ...values: string[]) => void;

/** SQLite takes null for less than anything: those that never said when they began come last. */
function addPlace({ startedAt, uid }: SessionPlace, add: Add): void {
  if (startedAt === null) add('(started_at IS NULL AND session_uid < ?)', uid);
  else {
    add(
      '(started_at IS NULL OR started_at < ? OR (started_at = ? AND session_uid < ?))',
      startedAt,
      startedAt,
      uid,
    );
  }
}

/** Conditions with one parameter each. */
function textColumns(withKeys: boolean): string[] {
  const ofSession = `(SELECT id FROM sessions WHERE uid = session_log.session_uid)`;
  const elsewhere = (table: string, column: string): string =>
    `EXISTS (SELECT 1 FROM ${table} t WHERE t.session_id = ${ofSession} AND ${HOLDS}(t.${column}, ?))`;
  return [
    ...['session_uid', 'model', 'serial', 'source', 'profile'].map(
      (name) => `${HOLDS}(${name}, ?)`,
    ),
    elsewhere('session_metadata', 'value'),
    elsewhere('annotations', 'text'),
    ...(withKeys ? [elsewhere('annotations', 'value')] : []),
  ];
}
