/** The formats that there are; each is loaded only where it is used. */
import type { ZoneClock } from '../../time/zone-clock.js';
import { exportColumns } from '../export-row.js';
import type { Sink, TableWriter } from '../table-writer.js';

export type ExportFormat = 'csv' | 'jsonl' | 'xlsx' | 'parquet';

export interface FormatOptions {
  readonly sink: Sink;
  /** Of the local times. */
  readonly clock: ZoneClock;
  /** With the raw frame of each reading. */
  readonly raw: boolean;
  /** CSV: one character between the fields, and the decimal point; they have to differ. */
  readonly separator: string;
  readonly decimal: string;
  /** XLSX and Parquet: what the file says of itself (`aboutExport`). */
  readonly about: readonly (readonly [name: string, value: string])[];
  /** Parquet: who made it, with its version. */
  readonly program: string;
}

/** A failure of the sink is thrown by `write` or `finish`. */
export async function tableWriterFor(
  format: ExportFormat,
  options: FormatOptions,
): Promise<TableWriter> {
  const { sink, clock, raw, separator, decimal, about, program } = options;
  const shared = { sink, columns: exportColumns(raw), clock, raw };
  switch (format) {
    case 'csv':
      return (await import('./csv.js')).csvWriter({ ...shared, separator, decimal });
    case 'jsonl':
      return (await import('./jsonl.js')).jsonlWriter(shared);
    case 'xlsx':
      return (await import('./xlsx.js')).xlsxWriter({ ...shared, about });
    case 'parquet': {
      const { parquetWriter } = await import('./parquet.js');
      return parquetWriter({ ...shared, about: Object.fromEntries(about), program });
    }
  }
}
