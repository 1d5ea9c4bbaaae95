/** What may happen to the file of a database: damaged, cut short, emptied, deleted, robbed of its log. */
import { open as openFile, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { eventually, PATIENCE_MS, type Bench, type MeasurementRow } from '@elmetron/rig';
import { acknowledged, expectLogged, nextLifeHasAll } from './faults.js';
import {
  deliversAll,
  expectSound,
  expectWhole,
  measurements,
  moreMeasurements,
  test,
} from './on-a-bench.js';

const PATH = 'data/demo/elmetron.sqlite';

/** Overwrites `bytes` bytes from the middle of the file on. */
async function overwrite(path: string, from: number, bytes: number): Promise<void> {
  const file = await openFile(path, 'r+');
  try {
    await file.write(Buffer.alloc(bytes, 0xa5), 0, bytes, from);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Names in the database's directory that tell of a damaged one. */
async function setAside(bench: Bench): Promise<string[]> {
  const names = await readdir(bench.path('data/demo'));
  return names.filter((name) => /\.damaged-\d{8}T\d{6}Z$/.test(name));
}

/** Numbers of measurements of the two sessions that were promised: all of the first, the second up to here. */
interface Promised {
  readonly first: number;
  readonly secondUpTo: number;
}

/** Two sessions: one that ended in order and is archived, one whose writer was killed. */
async function twoSessions(bench: Bench): Promise<Promised> {
  await bench.startMeter();
  const writer = bench.startWriter();
  const first = bench.startAcquisition();
  await measurements(bench, 40);
  await deliversAll(bench, first);
  await eventually(
    'the first buffer to go',
    async () => (await bench.buffers()).length === 0,
    PATIENCE_MS,
  );
  const before = bench.database().measurements.length;
  const second = bench.startAcquisition();
  await eventually('the second session', () => bench.database().sessions.length === 2, PATIENCE_MS);
  await measurements(bench, before + 40);
  await Promise.all([second.kill(), writer.kill()]);
  const [, { session_uid: session } = { session_uid: '' }] = bench.database().sessions;
  return { first: before, secondUpTo: acknowledged(writer, session) };
}

describe('lost while nothing runs', () => {
  test.for<{ what: string; harm: (path: string) => Promise<void>; damaged: boolean }>([
    {
      what: 'a page in the middle overwritten',
      harm: async (path) => {
        const { size } = await stat(path);
        await overwrite(path, Math.floor(size / 2 / 4096) * 4096, 4096);
      },
      damaged: true,
    },
    {
      what: 'the file cut to half',
      harm: async (path) => truncate(path, Math.floor((await stat(path)).size / 2)),
      damaged: true,
    },
    { what: 'the file cut to nothing', harm: (path) => truncate(path, 0), damaged: false },
    { what: 'the file deleted', harm: (path) => rm(path), damaged: false },
  ])(
    '$what: rebuilt from archive and buffer, nothing missing',
    async ({ harm, damaged }, { open }) => {
      const bench = await open();
      const promised = await twoSessions(bench);
      await withoutLog(bench);
      await harm(bench.path(PATH));

      const { exit, output, run } = await bench.recover();
      expect(exit.code, output + run.tail()).toBe(0);
      expect(output).toMatch(/Rebuilt .*elmetron\.sqlite from the archive: \d+ measurements/);
      expect(run.stderr.join('\n')).toContain('A database was rebuilt from the archive');
      expect(await setAside(bench)).toHaveLength(damaged ? 1 : 0);
      expect(output.includes('was damaged; it is kept as')).toBe(damaged);
      // What the second had not been promised yet rests in its spool.
      await expectSound(bench);
      const { sessions } = bench.database();
      expect(sessions).toHaveLength(2);
      expect(sessions[0]?.measurement_count).toBe(promised.first);
      expect(sessions[1]?.last_seq).toBeGreaterThanOrEqual(promised.secondUpTo);
      expect(await bench.buffers()).toEqual([]);

      const again = await bench.recover();
      expect(again.exit.code).toBe(0);
      expect(again.output).toContain('Nothing to recover');
      const writer = bench.startWriter();
      const acquisition = bench.startAcquisition();
      await moreMeasurements(bench, 10);
      await deliversAll(bench, acquisition);
      await writer.stop();
      // The kill of the second may have cost the frame that was on the wire.
      await expectWhole(bench, 1);
      expect(bench.database().sessions).toHaveLength(3);
    },
  );

  test('without an archive, what neither buffers nor the damaged file give is listed by session and range', async ({
    open,
  }) => {
    const bench = await open({ config: { storage: { archive_days: 0 } } });
    await twoSessions(bench);
    const [first, second] = bench.database().sessions;
    const rowsOf = (uid = ''): MeasurementRow[] =>
      bench.database().measurements.filter(({ session_uid }) => session_uid === uid);
    const had = rowsOf(first?.session_uid);
    await withoutLog(bench);
    // The page that a reading of the first session lies in.
    const frame = had[10]?.raw_frame ?? Buffer.alloc(1);
    const at = (await readFile(bench.path(PATH))).indexOf(frame);
    expect(at).toBeGreaterThan(4096);
    await overwrite(bench.path(PATH), Math.floor(at / 4096) * 4096, 4096);

    const { exit, output } = await bench.recover();
    expect(exit.code, output).toBe(0);
    expect(output).toMatch(/Beyond reach: (perhaps )?\d+ measurements; .*lost\.json lists them/);
    const [aside = ''] = await setAside(bench);
    const { lost } = JSON.parse(
      await readFile(join(bench.path('data/demo'), `${aside}.lost.json`), 'utf8'),
    ) as { lost: { session_uid: string; from_seq: number; to_seq: number }[] };
    expect(lost.length).toBeGreaterThan(0);
    expect(output).toContain(first?.session_uid);
    // Each reading of the first session is there, or is listed.
    const there = new Set(rowsOf(first?.session_uid).map(({ seq }) => seq));
    const listed = (seq: number): boolean =>
      lost.some(
        (range) =>
          range.session_uid === first?.session_uid && range.from_seq <= seq && seq <= range.to_seq,
      );
    expect(had.filter(({ seq }) => !there.has(seq) && !listed(seq))).toEqual([]);
    expect(there.size).toBeLessThan(had.length);
    // The second session lay in its buffer, whole.
    const rows = rowsOf(second?.session_uid).map(({ seq }) => seq);
    expect(rows).toEqual(Array.from({ length: rows.length }, (_, i) => i + 1));
    expect(rows.length).toBeGreaterThanOrEqual(second?.measurement_count ?? NaN);
    expect(bench.database().integrity).toBe('ok');
    expect(await bench.buffers()).toEqual([]);
  });
});

/** Brings the write-ahead log into the database file, so that what is done to the file is not undone by its log. */
async function withoutLog(bench: Bench): Promise<void> {
  const db = new Database(bench.path(PATH));
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  for (const suffix of ['-wal', '-shm']) await rm(bench.path(PATH) + suffix, { force: true });
}

test('damaged under a living writer: it ends, the next start sets it aside and rebuilds it', async ({
  open,
}) => {
  const bench = await open({ config: { storage: { buffer_rotate_bytes: 20_000 } } });
  await bench.startMeter();
  const writer = bench.startLauncher();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 60);
  // Everything behind the first page, again and again until the writer reads one of them: what it
  // has in its own memory it need not read until another program has written too.
  await eventually(
    'the writer to end',
    async () => {
      if (writer.exit !== undefined) return true;
      const { size } = await stat(bench.path(PATH));
      await overwrite(bench.path(PATH), 4096, size - 4096);
      touch(bench.path(PATH));
      return false;
    },
    PATIENCE_MS,
    () => writer.tail(),
  );
  expect(writer.exit).toEqual({ code: 1, signal: null });
  await expectLogged(writer, 'nothing more is acknowledged', 50);
  expect(JSON.stringify(writer.log())).toMatch(/is damaged; the recovery.*sets it aside/);

  const next = bench.startLauncher();
  await next.logged('The source answers');
  expect(next.stdout.concat(next.stderr).join('\n')).toContain('The database was set aside');
  expect(await setAside(bench)).toHaveLength(1);
  await measurements(bench, (await bench.account()).length);
  await deliversAll(bench, acquisition);
  expect((await next.stop()).code).toBe(90);
  expect((await expectWhole(bench)).missing).toBe(0);
});

/** A commit by another program: whoever has the database open reads its pages anew. */
function touch(path: string): void {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { timeout: 1_000 });
    db.pragma('wal_autocheckpoint = 0');
    db.pragma(`user_version = ${String(db.pragma('user_version', { simple: true }))}`);
  } catch {
    // It may see the damage first.
  } finally {
    db?.close();
  }
}

test.for([
  { what: 'the log', suffixes: ['-wal'] },
  { what: 'the log and its index', suffixes: ['-wal', '-shm'] },
])('$what removed after everything was killed: nothing is lost', async ({ suffixes }, { open }) => {
  const bench = await open();
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 40);
  await Promise.all([writer.kill(), acquisition.kill()]);
  expect((await stat(bench.path(`${PATH}-wal`))).size).toBeGreaterThan(0);
  for (const suffix of suffixes) await rm(bench.path(PATH) + suffix);

  const { exit, output, run } = await bench.recover();
  expect(exit.code, output + run.tail()).toBe(0);
  const next = bench.startAcquisition();
  await nextLifeHasAll(bench, next, 1);
});
