/** One reading as it goes into a file, and the columns that it has there. */
import type { LoggedReading, LoggedSession } from '@elmetron/storage';
import type { ZoneClock } from '../time/zone-clock.js';

export interface ExportRow {
  readonly session: LoggedSession;
  readonly emulated: boolean;
  readonly reading: LoggedReading;
  /** `captured_at` in ms since 1970. */
  readonly capturedMs: number;
}

/** @param emulated whether the session is of an emulated meter */
export function exportRow(
  reading: LoggedReading,
  session: LoggedSession,
  emulated: boolean,
): ExportRow {
  return { session, emulated, reading, capturedMs: Date.parse(reading.captured_at) };
}

export type Cell = string | number | boolean | null;

export interface ExportColumn {
  /** Stays as it is: programs rely on it. */
  readonly name: string;
  /** For people; `{zone}` is the time zone. */
  readonly title: string;
  /** Characters that a person wants to see of it. */
  readonly width: number;
  readonly of: (row: ExportRow, clock: ZoneClock) => Cell;
}

const LOCAL_TIME: ExportColumn = {
  name: 'local_time',
  title: 'Time ({zone})',
  width: 23,
  of: ({ capturedMs }, clock) => clock.local(capturedMs),
};

/** In the order in which a person reads them: when, what, at which temperature; then where it comes from. */
const COLUMNS: readonly ExportColumn[] = [
  LOCAL_TIME,
  { name: 'value', title: 'Value', width: 12, of: ({ reading }) => reading.value },
  { name: 'unit', title: 'Unit', width: 8, of: ({ reading }) => reading.unit },
  {
    name: 'temperature',
    title: 'Temperature',
    width: 12,
    of: ({ reading }) => reading.temperature,
  },
  {
    name: 'temperature_unit',
    title: 'Temperature unit',
    width: 8,
    of: ({ reading }) => reading.temperature_unit,
  },
  {
    name: 'elapsed_s',
    title: 'Seconds since the start',
    width: 12,
    of: ({ reading }) => reading.elapsed_ms / 1000,
  },
  { name: 'captured_at', title: 'Time (UTC)', width: 25, of: ({ reading }) => reading.captured_at },
  {
    name: 'utc_offset',
    title: 'UTC offset',
    width: 10,
    of: ({ capturedMs }, clock) => clock.offset(capturedMs),
  },
  {
    name: 'device_time',
    title: "Meter's own clock",
    width: 20,
    of: ({ reading }) => reading.device_time,
  },
  { name: 'model', title: 'Model', width: 9, of: ({ session }) => session.model },
  { name: 'serial', title: 'Serial number', width: 14, of: ({ session }) => session.serial },
  { name: 'session_uid', title: 'Session', width: 37, of: ({ session }) => session.session_uid },
  { name: 'seq', title: 'Number', width: 9, of: ({ reading }) => reading.seq },
  {
    name: 'recovered',
    title: 'Recovered after a crash',
    width: 10,
    of: ({ reading }) => reading.recovered === 1,
  },
  { name: 'emulated', title: 'Emulated meter', width: 10, of: ({ emulated }) => emulated },
];

const RAW: ExportColumn = {
  name: 'raw_frame_hex',
  title: 'Raw frame',
  width: 40,
  of: ({ reading }) => reading.raw_frame.toString('hex'),
};

/** @param raw with the raw frame */
export function exportColumns(raw: boolean): readonly ExportColumn[] {
  return raw ? [...COLUMNS, RAW] : COLUMNS;
}
