/** Whatever is planted between buffers, archive and database is found; what is only on its way is not blamed. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import SqliteDatabase from 'better-sqlite3';
import { silentLog, systemClock } from '@elmetron/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NotesJournal } from '../annotations/index.js';
import { RunLock } from '../buffer/index.js';
import {
  Bench,
  end,
  linesOf,
  measurement,
  measurements,
  RUN,
  SESSION,
  start,
} from '../recovery/testing/bench.js';
import { legacyMeasurement, legacyStart } from '../recovery/testing/legacy-lines.js';
import { frame } from '../recovery/testing/bench.js';
import { verifyCapture } from './verify-capture.js';
import type { VerifyReport } from './verify-report.js';
import { withoutRanges } from './without-ranges.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.end());

function verify(quick = false): Promise<VerifyReport> {
  const { captures: capturesDir, databasePath, demoDatabasePath } = bench;
  const places = { capturesDir, databasePath, demoDatabasePath };
  return verifyCapture({ ...places, clock: systemClock, log: silentLog, quick });
}

/** A session of ten readings in database and archive, as a recovery leaves it. */
async function archived(): Promise<string> {
  bench.buffer(linesOf([start(), ...measurements(1, 10), end(11, 10)]));
  await bench.recover({ archiveDays: 30 });
  const [name = ''] = bench.names('archive');
  return join(bench.captures, 'archive', name);
}

function change(sql: string): void {
  const db = new SqliteDatabase(bench.databasePath);
  db.exec(sql);
  db.close();
}

it('database and archive of a finished session are whole, and no byte of them is changed', async () => {
  const archive = await archived();
  await bench.closeStores();
  const digest = () =>
    [archive, bench.databasePath].map((path) =>
      createHash('sha256').update(readFileSync(path)).digest('hex'),
    );
  const before = digest();
  const report = await verify();
  expect(report).toMatchObject({ whole: true, problems: [], known: [], on_its_way: 0 });
  expect(report.databases[0]).toMatchObject({ state: 'sound', sessions: 1, measurements: 10 });
  expect(report.archives).toMatchObject([{ records: 12, absent: 0 }]);
  expect(digest()).toEqual(before);
});

it('nothing recorded yet is whole', async () => {
  expect(await verify()).toMatchObject({ whole: true, databases: [{ state: 'missing' }, {}] });
});

it.each([true, false])(
  'what a buffer has and the database has not is on its way; its writer lives: %s',
  async (alive) => {
    const store = await bench.stores.get(false);
    // As after a swap: the rows of the next writer came before those of a dead one's buffer.
    const stored = [start(), ...measurements(1, 4), ...measurements(8, 9)];
    await store.commit({ lines: linesOf(stored), recovered: false });
    bench.buffer(linesOf([start(), ...measurements(3, 7), ...measurements(8, 12)]));
    const lock = alive ? RunLock.acquire(bench.captures, RUN) : undefined;
    const report = await verify();
    lock?.release();
    expect(report).toMatchObject({ whole: true, on_its_way: 6 });
    expect(report.buffers).toMatchObject([{ records: 11, absent: 6, writer_alive: alive }]);
  },
);

it('half a line at the end of a buffer is one that is being written', async () => {
  const lines = linesOf([start(), ...measurements(1, 3)]);
  bench.buffer(lines.subarray(0, lines.length - 20));
  expect(await verify()).toMatchObject({ whole: true, on_its_way: 3 });
});

it('a number that nobody has and nothing explains', async () => {
  const store = await bench.stores.get(false);
  const records = [start(), ...measurements(1, 4), ...measurements(7, 9)];
  await store.commit({ lines: linesOf(records), recovered: false });
  const report = await verify();
  expect(report.whole).toBe(false);
  expect(report.databases[0]?.missing).toEqual([
    { session: SESSION, missing: [{ from: 5, to: 6 }] },
  ]);
  await store.recordEvent({
    key: 'k',
    session: SESSION,
    at: '2026-01-02T03:04:05.000Z',
    level: 'error',
    category: 'hole',
    message: 'm',
    payload: { from: 5, to: 6 },
  });
  expect(await verify()).toMatchObject({ whole: true });
});

it('rows that are gone from the database: by the archive, and by the figures of the session', async () => {
  const archive = await archived();
  change('DELETE FROM measurements WHERE seq IN (4, 5)');
  const report = await verify();
  expect(report.archives).toMatchObject([{ path: archive, absent: 2 }]);
  expect(report.problems.join()).toMatch(/10 readings, but 8 are there/);
  expect(report.whole).toBe(false);
});

it('a database that is lost', async () => {
  await archived();
  await bench.closeStores();
  writeFileSync(bench.databasePath, '');
  const report = await verify();
  expect(report.archives).toMatchObject([{ records: 12, absent: 12 }]);
  expect(report.whole).toBe(false);
});

it('a reading that is not what its raw frame says, and not what the archive says; quick sees the latter', async () => {
  const archive = await archived();
  change('UPDATE measurements SET value = 9.99 WHERE seq = 7');
  const report = await verify();
  expect(report.databases[0]?.contradictory).toMatchObject([{ from_seq: 7, to_seq: 7 }]);
  expect(report.archives).toMatchObject([{ conflicts: 1 }]);
  expect(report.problems[1]).toContain(archive);
  const quick = await verify(true);
  expect(quick.databases[0]?.contradictory).toEqual([]);
  expect(quick.archives).toMatchObject([{ conflicts: 1 }]);
});

it('a damaged page', async () => {
  bench.buffer(linesOf([start(), ...measurements(1, 400)]));
  await bench.recover();
  await bench.closeStores();
  const bytes = readFileSync(bench.databasePath);
  bytes.fill(0xa5, 16_384, 24_576);
  writeFileSync(bench.databasePath, bytes);
  bench.buffer(linesOf([start(), measurement(1)]));
  const report = await verify();
  expect(report.databases[0]?.state).toBe('damaged');
  expect(report).toMatchObject({ whole: false, buffers: [{ records: 2 }] });
});

it('a damaged line of a buffer; set aside by the recovery, it is known', async () => {
  const lines = linesOf([start(), ...measurements(1, 5)]);
  lines[lines.indexOf('"seq":3') + 6] = 0x39;
  bench.buffer(lines);
  const before = await verify();
  expect(before).toMatchObject({ whole: false, on_its_way: 5, buffers: [{ damaged_lines: 1 }] });
  await bench.recover({ archiveDays: 30 });
  const after = await verify();
  expect(after.problems).toEqual([]);
  expect(after.known.join()).toMatch(/1 lines are no records.*1 bad_crc/s);
});

it('an archive that is damaged, or was never one', async () => {
  const archive = await archived();
  const text = gunzipSync(readFileSync(archive));
  const packed = gzipSync(text);
  writeFileSync(archive, packed.subarray(0, packed.length - 100));
  expect((await verify()).problems.join()).toContain('is damaged');
});

it('a record that the database holds with other content', async () => {
  await archived();
  bench.buffer(linesOf([start(), { ...measurement(3), elapsed_ms: 1 }]));
  expect(await verify()).toMatchObject({ whole: false, buffers: [{ conflicts: 1, absent: 0 }] });
  // Recovery refuses it, keeps it aside and says so; from then on it is known.
  await bench.recover({ archiveDays: 30 });
  const after = await verify();
  expect(after.problems).toEqual([]);
  expect(after.known.join()).toContain('refused as conflicts');
});

it("the predecessor's readings: on their way, then there", async () => {
  const at = (second: number): string => `2025-09-26T13:24:0${second}.000Z`;
  const readings = [1, 1, 2].map((second) => legacyMeasurement(at(second), frame('1.00')));
  const text = Buffer.concat([legacyStart(), ...readings]);
  bench.file('session_14_buffer.jsonl', text);
  expect(await verify()).toMatchObject({ whole: true, on_its_way: 3 });
  await bench.recover({ archiveDays: 30 });
  expect(await verify()).toMatchObject({ whole: true, on_its_way: 0, problems: [] });
});

it('a note that only the journal has is known; a journal that is not what was written is a problem', async () => {
  await archived();
  const journal = new NotesJournal(bench.databasePath);
  await journal.append([
    {
      v: 1,
      type: 'annotation',
      uid: 'n-1',
      session: SESSION,
      made_at: '2026-01-02T03:05:00.000Z',
      at: '2026-01-02T03:05:00.000Z',
      author: null,
      key: null,
      value: null,
      text: 'spill',
    },
  ]);
  expect(await verify()).toMatchObject({
    whole: true,
    known: [expect.stringContaining('1 notes')],
  });
  const store = await bench.stores.get(false);
  await store.annotate((await journal.read()).annotations);
  expect(await verify()).toMatchObject({ whole: true, known: [] });
  writeFileSync(journal.path, readFileSync(journal.path, 'utf8').replace('spill', 'skill'));
  expect(await verify()).toMatchObject({ whole: false });
});

it('a rebuild that is owed', async () => {
  await archived();
  mkdirSync(join(bench.directory, 'data'), { recursive: true });
  writeFileSync(`${bench.databasePath}.rebuild-owed`, 'damaged\n');
  expect((await verify()).problems).toHaveLength(1);
});

it('ranges without others', () => {
  const taken = [
    { from: 12, to: 30 },
    { from: 3, to: 4 },
  ];
  expect(withoutRanges([{ from: 1, to: 20 }], taken)).toEqual([
    { from: 1, to: 2 },
    { from: 5, to: 11 },
  ]);
});
