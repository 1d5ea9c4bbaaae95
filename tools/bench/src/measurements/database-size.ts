/**
 * Bytes of database a reading, and what each part of the table costs: the product's own table as the product makes
 * it, and copies of it from which one part is left out. The same readings in all of them.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { newSessionId } from '@elmetron/protocol';
import type { Figure, Measurement } from '../measurement.js';
import { COLUMNS, makeTables, rowsOf, type Row } from '../raw/rows.js';

const READINGS = { whole: 200_000, quick: 20_000 };
/** Not the first session of its database: the numbers of the first are smaller than they will stay. */
const SESSION_ID = 300;

type Column = (typeof COLUMNS)[number];

interface Variant {
  readonly name: string;
  readonly title: string;
  /** What this costs is what the table is larger by than without it. */
  readonly without: readonly Column[];
}

const PARTS: readonly Variant[] = [
  { name: 'raw_frame', title: 'of these the raw frame', without: ['raw_frame'] },
  {
    name: 'texts',
    title: 'of these texts (units, status, range, mode)',
    without: ['unit', 'temperature_unit', 'status', 'range', 'mode'],
  },
  {
    name: 'times',
    title: 'of these times (captured, elapsed, the meter’s own)',
    without: ['captured_ms', 'elapsed_ms', 'device_time'],
  },
  { name: 'values', title: 'of these value and temperature', without: ['value', 'temperature'] },
  {
    name: 'rest',
    title: 'of these record number and marks',
    without: ['record_number', 'recovered', 'imported'],
  },
];

export const databaseSize: Measurement = {
  name: 'database-size',
  title: 'Database bytes a reading, its raw frame of 100 bytes included',
  mostRuns: 1,
  async measure({ dir, quick, progress }) {
    const readings = quick ? READINGS.quick : READINGS.whole;
    const of = {
      session: newSessionId(),
      source: 'bench-1',
      startedAt: Date.now(),
      intervalMs: 1000,
    };
    const row = rowsOf(of, SESSION_ID);
    const rows: Row[] = Array.from({ length: readings }, (_, i) => row(i + 1));
    const product = join(dir, 'product.sqlite');
    await makeTables(product, of);
    const schema = tableOf(product);
    let done = 0;
    const bytesOf = async (name: string, table: string, columns: readonly Column[]) => {
      progress(done++, PARTS.length + 4, `bytes a reading: ${name}`);
      await turn();
      return fill(join(dir, `${name}.sqlite`), table, columns, rows) / readings;
    };
    const whole = await bytesOf('whole', schema, COLUMNS);
    const parts: Figure[] = [];
    for (const { name, title, without } of PARTS) {
      const columns = COLUMNS.filter((column) => !without.includes(column));
      const bytes = await bytesOf(name, leaving(schema, without), columns);
      parts.push(figure(`cost_of_${name}`, title, whole - bytes));
    }
    const plain = await bytesOf('plain', withRowid(schema), COLUMNS);
    const indexed = await bytesOf('indexed', `${withRowid(schema)}; ${INDEX}`, COLUMNS);
    return [
      figure('bytes_per_reading', 'the table as it is', whole),
      ...parts,
      figure('plain_columns', 'the same columns without a key', plain),
      figure('on_top_of_plain_columns', 'the key on top of these, as it is', whole - plain),
      figure('cost_of_an_index', 'the key on top of these, were it an index', indexed - plain),
    ];
  },
};

const INDEX = 'CREATE UNIQUE INDEX measurements_key ON measurements (session_id, seq)';

function figure(name: string, title: string, bytes: number): Figure {
  return { name, title, unit: 'B/reading', runs: [bytes] };
}

/** The statement by which the product makes its measurement table. */
function tableOf(path: string): string {
  const db = new SqliteDatabase(path, { readonly: true });
  try {
    const sql = db
      .prepare<[], string>("SELECT sql FROM sqlite_schema WHERE name = 'measurements'")
      .pluck()
      .get();
    if (sql === undefined) throw new Error('the product has no table measurements any more');
    return sql.replace(/--.*$/gm, '').replace(/REFERENCES sessions \(id\)/, '');
  } finally {
    db.close();
  }
}

/** The same table without some of its columns. */
export function leaving(schema: string, without: readonly string[]): string {
  return schema
    .split('\n')
    .filter((line) => !without.includes(/^\s*(\w+)/.exec(line)?.[1] ?? ''))
    .join('\n');
}

/** The same columns in a table without a key of its own. */
export function withRowid(schema: string): string {
  return schema
    .replace(/,\s*PRIMARY KEY \([^)]*\)/, '')
    .replace(/STRICT,\s*WITHOUT ROWID/, 'STRICT');
}

/** Bytes of a database with nothing else in it. */
function fill(
  path: string,
  schema: string,
  columns: readonly Column[],
  rows: readonly Row[],
): number {
  const db = new SqliteDatabase(path);
  try {
    // It is only looked at, never kept.
    db.pragma('synchronous = OFF');
    db.pragma('journal_mode = MEMORY');
    db.exec(schema);
    const places = columns.map((column) => COLUMNS.indexOf(column));
    const insert = db.prepare(
      `INSERT INTO measurements (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    db.transaction(() => {
      for (const row of rows) insert.run(...places.map((place) => row[place]));
    })();
  } finally {
    db.close();
  }
  return statSync(path).size;
}
