/**
 * Parquet, a row group at a time. The time is an instant (UTC-adjusted, ms), which every reader shows in
 * its own zone; so there are no local times here.
 */
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { ExportRow } from '../export-row.js';
import type { TableOptions, TableWriter } from '../table-writer.js';

export interface ParquetOptions extends TableOptions {
  /** What stands in the file about it. */
  readonly about: Readonly<Record<string, string>>;
  readonly program: string;
  readonly rowGroupRows?: number;
}

interface Column {
  readonly element: SchemaElement;
  readonly of: (row: ExportRow) => unknown;
}

/** About ten megabytes while it is made. */
const ROW_GROUP_ROWS = 50_000;

const text = {
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
} as const;
const required = { repetition_type: 'REQUIRED' } as const;
const optional = { repetition_type: 'OPTIONAL' } as const;

const COLUMNS: readonly Column[] = [
  {
    element: {
      name: 'captured_at',
      type: 'INT64',
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      ...required,
    },
    of: ({ capturedMs }) => BigInt(capturedMs),
  },
  { element: { name: 'value', type: 'DOUBLE', ...optional }, of: ({ reading }) => reading.value },
  { element: { name: 'unit', ...text, ...required }, of: ({ reading }) => reading.unit },
  {
    element: { name: 'temperature', type: 'DOUBLE', ...optional },
    of: ({ reading }) => reading.temperature,
  },
  {
    element: { name: 'temperature_unit', ...text, ...required },
    of: ({ reading }) => reading.temperature_unit,
  },
  {
    element: { name: 'elapsed_ms', type: 'INT64', ...required },
    of: ({ reading }) => BigInt(reading.elapsed_ms),
  },
  {
    element: { name: 'device_time', ...text, ...optional },
    of: ({ reading }) => reading.device_time,
  },
  { element: { name: 'model', ...text, ...optional }, of: ({ session }) => session.model },
  { element: { name: 'serial', ...text, ...optional }, of: ({ session }) => session.serial },
  {
    element: { name: 'session_uid', ...text, ...required },
    of: ({ session }) => session.session_uid,
  },
  {
    element: { name: 'seq', type: 'INT64', ...required },
    of: ({ reading }) => BigInt(reading.seq),
  },
  {
    element: { name: 'recovered', type: 'BOOLEAN', ...required },
    of: ({ reading }) => reading.recovered === 1,
  },
  { element: { name: 'emulated', type: 'BOOLEAN', ...required }, of: ({ emulated }) => emulated },
];

const RAW: Column = {
  element: { name: 'raw_frame', type: 'BYTE_ARRAY', ...required },
  of: ({ reading }) => new Uint8Array(reading.raw_frame),
};

export function parquetWriter(options: ParquetOptions): TableWriter {
  const { raw, about, program, rowGroupRows = ROW_GROUP_ROWS } = options;
  const columns = raw ? [...COLUMNS, RAW] : COLUMNS;
  const bytes = new FlushedBytes(options.sink);
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map((c) => c.element)],
    kvMetadata: Object.entries(about).map(([key, value]) => ({ key, value })),
    createdBy: program,
  });
  let rows: ExportRow[] = [];
  let groups = 0;
  const flush = async (): Promise<void> => {
    if (rows.length === 0) return;
    const columnData = columns.map(({ element, of }) => ({
      name: element.name,
      data: rows.map(of),
    }));
    rows = [];
    await parquet.write({ columnData, rowGroupSize: rowGroupRows });
    groups += 1;
  };
  return {
    async write(more) {
      for (const row of more) {
        rows.push(row);
        if (rows.length === rowGroupRows) await flush();
      }
    },
    async finish() {
      await flush();
      await parquet.finish();
      await bytes.flush();
      return {
        columns: columns.map(({ element }) => element.name),
        row_groups: groups,
      };
    },
  };
}

/** Hands on what has been written whenever the library says that a piece is whole. */
class FlushedBytes extends ByteWriter {
  readonly #sink: (bytes: Uint8Array) => Promise<void>;

  constructor(sink: (bytes: Uint8Array) => Promise<void>) {
    super(1_048_576);
    this.#sink = sink;
  }

  async flush(): Promise<void> {
    await this.#sink(this.getBytes());
    this.index = 0;
  }
}
