import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import readXlsx from 'read-excel-file/node';
import { describe, expect, it } from 'vitest';
import { keptBytes, madeRow } from '../../testing/made-rows.js';
import { ZoneClock } from '../../time/zone-clock.js';
import { exportColumns } from '../export-row.js';
import { csvWriter } from './csv.js';
import { jsonlWriter } from './jsonl.js';
import { parquetWriter } from './parquet.js';
import { xlsxWriter } from './xlsx.js';

const clock = new ZoneClock('Europe/Warsaw');
const columns = exportColumns(true);

function options() {
  const bytes = keptBytes();
  return { bytes, given: { sink: bytes.sink, columns, clock, raw: true } };
}

async function csv(separator: string, decimal: string, ...rows: ReturnType<typeof madeRow>[]) {
  const { bytes, given } = options();
  const writer = await csvWriter({ ...given, separator, decimal });
  await writer.write(rows);
  await writer.finish();
  return bytes.all().toString();
}

const parsed = (text: string, delimiter = ',') =>
  parse(text, {
    bom: true,
    columns: true,
    delimiter,
    record_delimiter: '\r\n',
  }) as unknown as Record<string, string>[];

describe('CSV', () => {
  it('is what a spreadsheet in that place takes for numbers and times', async () => {
    const text = await csv(';', ',', madeRow());
    expect(text.startsWith('\ufefflocal_time;value;')).toBe(true);
    expect(text.endsWith('\r\n')).toBe(true);
    expect(parsed(text, ';')).toMatchObject([
      {
        local_time: '2026-03-01 09:00:00.123',
        utc_offset: '+01:00',
        captured_at: '2026-03-01T08:00:00.123Z',
        value: '-1,138',
        unit: 'µS/cm',
        temperature: '21,5',
        temperature_unit: '°C',
        elapsed_s: '1,5',
        device_time: '',
        recovered: '1',
        raw_frame_hex: '0123b503',
      },
    ]);
  });

  it('a value that was unreadable is empty, not zero', async () => {
    expect(parsed(await csv(',', '.', madeRow({ value: null })))[0]?.['value']).toBe('');
    expect(parsed(await csv(',', '.', madeRow({ value: 0 })))[0]?.['value']).toBe('0');
  });

  it.each(['=1+1', '@SUM(A1)', "-2+3+cmd|' /C calc'!A0", '+A1', ' =1', '\t=1'])(
    'no spreadsheet takes %j of a meter for a formula',
    async (serial) => {
      const [row] = parsed(await csv(';', ',', madeRow({ serial, unit: '-' })), ';');
      expect(row).toMatchObject({ serial: `'${serial}`, unit: '-', value: '-1,138' });
      expect(row).toMatchObject({ utc_offset: '+01:00' });
    },
  );

  it('whatever stands in a field comes back', async () => {
    const odd = fc.string({
      unit: fc.constantFrom('"', ',', ';', '\t', '|', '\r', '\n', 'a', ' '),
    });
    await fc.assert(
      fc.asyncProperty(
        odd,
        odd,
        fc.constantFrom(',', ';', '\t', '|'),
        async (serial, unit, separator) => {
          const rows = [madeRow({ serial, unit }), madeRow({ serial, unit, seq: 2 })];
          const back = parsed(await csv(separator, '.', ...rows), separator);
          expect(back.map((row) => [row['serial'], row['unit'], row['seq']])).toEqual([
            [serial, unit, '1'],
            [serial, unit, '2'],
          ]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

it('JSON Lines: one object a line, unreadable is null', async () => {
  const { bytes, given } = options();
  const writer = jsonlWriter(given);
  await writer.write([madeRow(), madeRow({ value: null })]);
  await writer.finish();
  const lines = bytes.all().toString().split('\n');
  expect(lines).toHaveLength(3);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ value: -1.138, recovered: true, seq: 1 });
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ value: null });
});

describe('Parquet', () => {
  it('comes back with its types, over several row groups', async () => {
    const { bytes, given } = options();
    const writer = parquetWriter({
      ...given,
      about: { Program: 'test' },
      program: 'test',
      rowGroupRows: 3,
    });
    const rows = [1, 2, 3, 4, 5, 6, 7].map((seq) =>
      madeRow({ seq, value: seq === 5 ? null : seq / 10 }),
    );
    await writer.write(rows.slice(0, 5));
    await writer.write(rows.slice(5));
    expect(await writer.finish()).toMatchObject({ row_groups: 3 });
    const all = bytes.all();
    const file = all.buffer.slice(all.byteOffset, all.byteOffset + all.length);
    const metadata = parquetMetadata(file);
    expect(metadata.row_groups.map(({ num_rows }) => num_rows)).toEqual([3n, 3n, 1n]);
    expect(metadata.schema[1]?.logical_type).toEqual({
      type: 'TIMESTAMP',
      isAdjustedToUTC: true,
      unit: 'MILLIS',
    });
    const back = await parquetReadObjects({ file, utf8: false });
    expect(back.map(({ value }) => value as unknown)).toEqual([0.1, 0.2, 0.3, 0.4, null, 0.6, 0.7]);
    expect(back[0]).toEqual({
      captured_at: new Date('2026-03-01T08:00:00.123Z'),
      value: 0.1,
      unit: 'µS/cm',
      temperature: 21.5,
      temperature_unit: '°C',
      elapsed_ms: 1500n,
      device_time: null,
      model: 'CX-505',
      serial: '00308/25',
      session_uid: '0199aaaa-0000-7000-8000-000000000001',
      seq: 1n,
      recovered: true,
      emulated: false,
      raw_frame: new Uint8Array([1, 0x23, 0xb5, 3]),
    });
  });
});

describe('XLSX', () => {
  async function workbook(sheetRows: number, ...rows: ReturnType<typeof madeRow>[]) {
    const { bytes, given } = options();
    const writer = xlsxWriter({ ...given, about: [['Program', 'a <b> & "c"']], sheetRows });
    await writer.write(rows);
    const said = await writer.finish();
    return { said, sheets: await readXlsx(bytes.all()) };
  }

  it('comes back with times as times and numbers as numbers', async () => {
    const { sheets } = await workbook(100, madeRow(), madeRow({ value: null }));
    expect(sheets.map(({ sheet }) => sheet)).toEqual(['About', 'Readings']);
    expect(sheets[0]?.data).toEqual([['Program', 'a <b> & "c"']]);
    const [heading, first, second] = sheets[1]?.data ?? [];
    expect(heading?.slice(0, 3)).toEqual(['Time (Europe/Warsaw)', 'Value', 'Unit']);
    // A spreadsheet knows no zones: the reader takes the local time for UTC.
    expect(first?.slice(0, 5)).toEqual([
      new Date('2026-03-01T09:00:00.123Z'),
      -1.138,
      'µS/cm',
      21.5,
      '°C',
    ]);
    expect(second?.[1]).toBeNull();
  });

  it('no millisecond is lost by a reader that cuts off', async () => {
    const times = Array.from({ length: 200 }, (_, i) => Date.UTC(2026, 6, 1, 3) + i * 12_347);
    const { sheets } = await workbook(1000, ...times.map((capturedMs) => madeRow({ capturedMs })));
    const back = sheets[1]?.data.slice(1).map(([time]) => (time as unknown as Date).getTime());
    expect(back).toEqual(times.map((ms) => ms + 7_200_000));
  });

  it('what does not fit into a sheet goes on in the next one', async () => {
    const rows = [1, 2, 3, 4, 5, 6, 7].map((seq) => madeRow({ seq }));
    const { said, sheets } = await workbook(4, ...rows);
    expect(said).toEqual({
      sheets: [
        { title: 'Readings', rows: 3 },
        { title: 'Readings 2', rows: 3 },
        { title: 'Readings 3', rows: 1 },
      ],
    });
    const column = columns.findIndex(({ name }) => name === 'seq');
    const seqs = sheets.slice(1).flatMap(({ data }) => data.slice(1).map((row) => row[column]));
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(sheets.slice(1).every(({ data }) => data[0]?.[1] === 'Value')).toBe(true);
  });

  it('without a reading it is a workbook all the same', async () => {
    const { sheets } = await workbook(4);
    expect(sheets[1]?.data).toHaveLength(1);
  });

  it('a sink that fails is told, and nothing hangs', async () => {
    const full = () => Promise.reject(new Error('no room'));
    const writer = xlsxWriter({ sink: full, columns, clock, raw: false, about: [] });
    const rows = Array.from({ length: 20_000 }, (_, seq) => madeRow({ seq }));
    await expect(writer.write(rows).then(() => writer.finish())).rejects.toThrow('no room');
  });
});
