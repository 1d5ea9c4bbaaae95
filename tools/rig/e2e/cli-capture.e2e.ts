/**
 * The command line on a bench that captures: one pipeline of real processes for all of it. What is exported is
 * read back by other programs than the one that wrote it, and compared with the database.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import readXlsx from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  Bench,
  eventually,
  PATIENCE_MS,
  type DatabaseContent,
  type MeasurementRow,
  type Run,
} from '@elmetron/rig';
import { deliversAll, measurements } from './on-a-bench.js';

let bench: Bench;
let acquisition: Run;
let writer: Run;

beforeAll(async () => {
  bench = await Bench.open({
    profile: { poll_interval_s: 0.02 },
    config: { device: { metadata: { operator: 'Ada' } } },
  });
  await bench.startMeter('--unit', 'µS/cm');
  writer = bench.startWriter();
  acquisition = bench.startAcquisition();
  await measurements(bench, 200);
}, 2 * PATIENCE_MS);
afterAll(async () => {
  await bench.close();
});

const values = (lines: readonly string[]): Record<string, unknown>[] =>
  lines.map((line) => JSON.parse(line) as Record<string, unknown>);
const session = (): string => bench.database().sessions[0]?.session_uid ?? '';

describe('while it captures', () => {
  test('status: both well, the session, the rate, what is not safe yet', async () => {
    let status: Record<string, unknown> = {};
    await eventually(
      'the status to be well',
      async () => {
        const { code, out } = await bench.elmetron('status', '--json');
        [status = {}] = values(out);
        return code === 0;
      },
      PATIENCE_MS,
      () => JSON.stringify(status),
    );
    expect(status).toMatchObject({
      ok: true,
      acquisition: { status: 'ok' },
      writer: { status: 'ok' },
      meter: { model: 'CX-505', link: 'open', emulated: true },
      session: { session_uid: session(), open: true },
      last_reading: { unit: 'µS/cm' },
    });
    expect(status['readings_per_second']).toBeGreaterThan(0);
    const { uncommitted, unacknowledged } = status['lag'] as Record<string, unknown>;
    expect(uncommitted).toBeGreaterThanOrEqual(0);
    expect(unacknowledged).toHaveProperty('writer');
    expect((status['disks'] as { free_bytes: number }[])[0]?.free_bytes).toBeGreaterThan(0);
  });

  test('status --watch looks again and again, and Ctrl-C is a good end', async () => {
    const watch = bench.startElmetron('status', '--watch', '0.2', '--json');
    await eventually(
      'three looks',
      () => watch.stdout.length >= 3,
      PATIENCE_MS,
      () => watch.tail(),
    );
    watch.signal('SIGINT');
    expect((await watch.exited).code).toBe(0);
    const times = values(watch.stdout).map(({ at }) => at);
    expect(new Set(times).size).toBe(times.length);
  });

  test('tail: the very lines that are recorded', async () => {
    const { code, out } = await bench.elmetron('tail', '-n', '5', '--no-events', '--json');
    expect(code).toBe(0);
    const records = values(out);
    expect(records).toHaveLength(5);
    const seqs = records.map(({ seq }) => Number(seq));
    await eventually(
      'them to be in the database',
      () => seqs.every((seq) => bench.database().measurements.some((row) => row.seq === seq)),
      PATIENCE_MS,
    );
    const rows = bench.database().measurements;
    for (const record of records) {
      const row = rows.find(({ seq }) => seq === record['seq']);
      expect(row?.raw_frame.toString('hex')).toBe(record['raw_frame_hex']);
    }
  });

  test('probe: the port is busy, and who has it', async () => {
    const { code, err } = await bench.elmetron('probe');
    expect(code).toBe(1);
    expect(err).toContain('held by another program');
    expect(err).toContain('Acquisition runs');
  });

  test('notes are written beside the writer at work, and disturb nothing', async () => {
    const warnings = () => writer.log().filter(({ level }) => level >= 40).length;
    const before = warnings();
    const noted = await Promise.all(
      ['one', 'two', 'three'].map((text) => bench.elmetron('note', 'latest', text, '--json')),
    );
    expect(noted.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect((await bench.elmetron('set', 'sample', 'S-12')).code).toBe(0);
    expect((await bench.elmetron('rename', 'latest', 'titration 7')).code).toBe(0);
    const shown = await bench.elmetron('sessions', 'show', session(), '--json');
    const [about] = values(shown.out);
    expect(about).toMatchObject({
      metadata: { operator: 'Ada', sample: 'S-12', name: 'titration 7' },
      emulated: true,
    });
    const texts = (about?.['notes'] as { text: string }[]).map(({ text }) => text);
    expect(texts.sort()).toEqual(['one', 'three', 'two']);
    expect(warnings()).toBe(before);
  });

  test('an export of now is a whole file, although more comes', async () => {
    const before = bench.database().measurements.length;
    const { code, err } = await bench.elmetron('export', session(), '-o', 'now.jsonl');
    expect(code, err).toBe(0);
    const rows = values(readFileSync(bench.path('now.jsonl'), 'utf8').trim().split('\n'));
    expect(rows.length).toBeGreaterThanOrEqual(before);
    expect(manifestOf('now.jsonl')['rows']).toBe(rows.length);
    expect(manifestOf('now.jsonl')).toMatchObject({ sessions: [{ end_reason: null }] });
  });
});

describe('when it has ended', () => {
  let stored: DatabaseContent;
  beforeAll(async () => {
    await deliversAll(bench, acquisition);
    await writer.stop();
    stored = bench.database();
  }, 2 * PATIENCE_MS);

  test('status says that nothing runs, and what was recorded', async () => {
    const { code, out } = await bench.elmetron('status', '--json');
    expect(code).toBe(1);
    expect(values(out)[0]).toMatchObject({
      acquisition: { status: 'not running' },
      session: { session_uid: session(), open: false, measurements: stored.measurements.length },
    });
  });

  test('sessions by date, meter and unit', async () => {
    const found = async (...filter: string[]) => {
      const { code, out } = await bench.elmetron('sessions', '--json', ...filter);
      return [code, out.length];
    };
    expect(await found('--since', '1h', '--unit', 'µS/cm', '--meter', 'EMU')).toEqual([0, 1]);
    expect(await found('--unit', 'pH')).toEqual([3, 0]);
    expect(await found('--until', '2000-01-01')).toEqual([3, 0]);
  });

  test('CSV, by a strict reader', async () => {
    await exported('a.csv', '--raw', '--time-zone', 'Asia/Kathmandu');
    const rows = parse(readFileSync(bench.path('a.csv')), {
      bom: true,
      columns: true,
      record_delimiter: '\r\n',
    }) as unknown as Record<string, string>[];
    expect(rows).toHaveLength(stored.measurements.length);
    for (const [i, row] of stored.measurements.entries()) {
      const local = new Date(Date.parse(row.captured_at) + 20_700_000).toISOString();
      expect(rows[i]).toMatchObject({
        captured_at: row.captured_at,
        local_time: local.replace('T', ' ').slice(0, -1),
        utc_offset: '+05:45',
        value: String(row.value),
        unit: 'µS/cm',
        temperature: String(row.temperature),
        temperature_unit: '°C',
        serial: row.serial,
        seq: String(row.seq),
        emulated: '1',
        raw_frame_hex: row.raw_frame.toString('hex'),
      });
    }
  });

  test('JSON Lines', async () => {
    await exported('a.jsonl');
    const rows = values(readFileSync(bench.path('a.jsonl'), 'utf8').trim().split('\n'));
    expect(rows.map(essence)).toEqual(stored.measurements.map(essence));
  });

  test('Parquet, by another library', async () => {
    await exported('a.parquet', '--raw');
    const file = await asyncBufferFromFile(bench.path('a.parquet'));
    const rows = await parquetReadObjects({ file, utf8: false });
    const plain = rows.map((row) => ({
      ...row,
      captured_at: (row['captured_at'] as Date).toISOString(),
      seq: Number(row['seq']),
    }));
    expect(plain.map(essence)).toEqual(stored.measurements.map(essence));
    const frames = rows.map((row) => Buffer.from(row['raw_frame'] as Uint8Array).toString('hex'));
    expect(frames).toEqual(stored.measurements.map(({ raw_frame }) => raw_frame.toString('hex')));
  });

  test('XLSX, by another library, with times as times', async () => {
    await exported('a.xlsx', '--time-zone', 'UTC');
    const sheets = await readXlsx(bench.path('a.xlsx'));
    expect(sheets.map(({ sheet }) => sheet)).toEqual(['About', 'Readings']);
    const [heading = [], ...rows] = sheets[1]?.data ?? [];
    const at = (title: string): number => heading.indexOf(title);
    const back = rows.map((row) => ({
      captured_at: (row[0] as unknown as Date).toISOString(),
      seq: row[at('Number')],
      value: row[at('Value')],
      unit: row[at('Unit')],
      temperature: row[at('Temperature')],
    }));
    expect(heading[0]).toBe('Time (UTC)');
    expect(back.map(essence)).toEqual(stored.measurements.map(essence));
  });

  test('a range of time is exactly that', async () => {
    const [from, to] = [stored.measurements[20], stored.measurements[60]];
    const range = ['--since', from?.captured_at ?? '', '--until', to?.captured_at ?? ''];
    const out = bench.path('range.jsonl');
    expect((await bench.elmetron('export', ...range, '--demo', '-o', out)).code).toBe(0);
    const rows = values(readFileSync(out, 'utf8').trim().split('\n'));
    const meant = stored.measurements.filter(
      ({ captured_at: at }) => at >= (from?.captured_at ?? '') && at < (to?.captured_at ?? ''),
    );
    expect(rows.map(({ seq }) => seq)).toEqual(meant.map(({ seq }) => seq));
  });

  test('what is refused leaves nothing behind', async () => {
    const before = readdirSync(bench.dir).sort();
    expect((await bench.elmetron('export', 'latest', '-o', 'b.csv')).code).toBe(3);
    const again = await bench.elmetron('export', session(), '-o', 'a.csv');
    expect(again).toMatchObject({ code: 1 });
    expect(again.err).toContain('--force');
    expect(readdirSync(bench.dir).sort()).toEqual(before);
  });

  async function exported(file: string, ...options: string[]): Promise<void> {
    const { code, err } = await bench.elmetron('export', session(), '-o', file, ...options);
    expect(code, err).toBe(0);
    const bytes = readFileSync(bench.path(file));
    expect(manifestOf(file)).toMatchObject({
      rows: stored.measurements.length,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      emulated: true,
      sessions: [
        {
          session_uid: session(),
          rows: stored.measurements.length,
          units: { 'µS/cm': stored.measurements.length },
          end_reason: 'stopped',
          metadata: { operator: 'Ada', sample: 'S-12' },
        },
      ],
    });
    expect(readdirSync(bench.dir).filter((name) => name.includes('partial'))).toEqual([]);
  }
});

function manifestOf(file: string): Record<string, unknown> {
  const text = readFileSync(bench.path(`${file}.manifest.json`), 'utf8');
  return JSON.parse(text) as Record<string, unknown>;
}

type Essence = Pick<MeasurementRow, 'captured_at' | 'seq' | 'value' | 'unit' | 'temperature'>;

function essence(row: object): Essence {
  const { captured_at, seq, value, unit, temperature } = row as Essence;
  return { captured_at, seq, value, unit, temperature };
}
