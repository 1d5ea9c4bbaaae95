/** Which readings of which sessions go into one file. */
import type { LoggedSession, ReadingRange } from '@elmetron/storage';
import type { OpenDatabase } from '../databases.js';

export interface ExportPart {
  readonly session: LoggedSession;
  readonly range: ReadingRange;
  readonly readings: number;
}

export interface ExportSelection {
  readonly database: Pick<OpenDatabase, 'path' | 'emulated'>;
  /** In the order of their beginnings; none without readings. */
  readonly parts: readonly ExportPart[];
  /** Of all parts. */
  readonly readings: number;
  /** UTC, ISO 8601; null: from the first on, to the last. */
  readonly since: string | null;
  readonly until: string | null;
}

/** Up to the last number of now: what is recorded meanwhile is of the next export. */
export function exportPart(
  { reader }: Pick<OpenDatabase, 'reader'>,
  session: LoggedSession,
  { since, until }: Pick<ExportSelection, 'since' | 'until'>,
): ExportPart {
  const range: ReadingRange = {
    upTo: session.last_seq,
    ...(since === null ? {} : { since }),
    ...(until === null ? {} : { until }),
  };
  return { session, range, readings: reader.countReadings(session.session_uid, range) };
}
