/** What a format does: turns rows into the bytes of a file, never holding more than a piece of it. */
import type { ZoneClock } from '../time/zone-clock.js';
import type { ExportColumn, ExportRow } from './export-row.js';

/** Where the bytes go; resolves when they are taken. */
export type Sink = (bytes: Uint8Array) => Promise<void>;

export interface TableWriter {
  write(rows: readonly ExportRow[]): Promise<void>;
  /** To be called once, after the last row. Resolves to what the manifest says of this format. */
  finish(): Promise<Readonly<Record<string, unknown>>>;
}

export interface TableOptions {
  readonly sink: Sink;
  readonly columns: readonly ExportColumn[];
  readonly clock: ZoneClock;
  readonly raw: boolean;
}
