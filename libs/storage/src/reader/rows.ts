/** What the two views of the database give, row by row. */

/** A row of `session_log`. Times are UTC, ISO 8601 with ms. */
export interface LoggedSession {
  readonly session_uid: string;
  readonly source: string | null;
  readonly model: string | null;
  readonly serial: string | null;
  readonly profile: string | null;
  readonly started_at: string | null;
  /** null while it is open. */
  readonly ended_at: string | null;
  /** `stopped`, `profile_switch`, `instrument_changed`, `crashed`; null while it is open. */
  readonly end_reason: string | null;
  readonly measurement_count: number;
  readonly recovered_count: number;
  readonly last_seq: number;
}

/** A row of `measurement_log`, without what its session says of it. */
export interface LoggedReading {
  readonly seq: number;
  /** UTC, ISO 8601 with ms. */
  readonly captured_at: string;
  readonly elapsed_ms: number;
  /** The meter's own clock, without a zone; null when it was unreadable. */
  readonly device_time: string | null;
  /** As displayed, in `unit`; null when it was unreadable. */
  readonly value: number | null;
  readonly unit: string;
  readonly temperature: number | null;
  readonly temperature_unit: string;
  readonly raw_frame: Buffer;
  readonly recovered: 0 | 1;
}

/** An event of acquisition (with a number), or of the writer or a recovery (without). */
export interface LoggedEvent {
  readonly seq: number | null;
  readonly at: string;
  readonly level: string;
  readonly category: string;
  readonly message: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What a person said of a session, a row of `annotation_log`. */
export interface LoggedAnnotation {
  /** The moment that it is about, UTC, ISO 8601 with ms. */
  readonly at: string;
  readonly made_at: string;
  readonly author: string | null;
  /** null: a note. */
  readonly key: string | null;
  /** Of a key; null takes it back. */
  readonly value: string | number | null;
  readonly text: string;
}

/** What was measured in one unit within a session. */
export interface UnitSummary {
  readonly unit: string;
  readonly measurements: number;
  /** Without a value: unreadable. */
  readonly without_value: number;
  readonly least: number | null;
  readonly greatest: number | null;
  readonly mean: number | null;
  readonly first_at: string;
  readonly last_at: string;
}

export interface UnitStatistics extends UnitSummary {
  /** Of the sample (n - 1), in the unit; null with fewer than two values. */
  readonly standard_deviation: number | null;
}
