/**
 * `elmetron import`: a database of the predecessor, with buffers before and after it, beside a writer that
 * records into the same database; what is there then is compared through the views.
 */
import { readFileSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { eventually, PATIENCE_MS, type Bench } from '@elmetron/rig';
import { deliversAll, test } from './on-a-bench.js';
import {
  leaveBuffer,
  leaveDatabase,
  leftFrames,
  leftReadings,
  SESSION,
  type LeftReading,
} from './predecessor.js';

const REAL = 'data/elmetron.sqlite';

interface Imported {
  readonly imported_measurements: number;
  readonly already_stored_measurements: number;
  readonly corrected_measurements: number;
  readonly files: readonly { readonly summary: Readonly<Record<string, unknown>> }[];
}

async function imported(bench: Bench, ...paths: string[]): Promise<Imported> {
  const { code, out, err } = await bench.elmetron('import', ...paths, '--json');
  expect(code, err).toBe(0);
  return JSON.parse(out[0] ?? '') as Imported;
}

/** What the views say of the imported session, each reading as text so that they can be sorted. */
function inViews(bench: Bench): readonly string[] {
  return bench
    .database(REAL)
    .measurements.filter(({ session_uid }) => session_uid === SESSION)
    .map((row) =>
      [row.captured_at, row.value, row.unit, row.temperature, row.raw_frame.toString('hex')].join(),
    )
    .sort();
}

/** From the last SOH on it is the reading's frame. */
function expected(readings: readonly LeftReading[]): readonly string[] {
  return readings
    .map(({ at, value, unit, temperature, hex }) => {
      const raw = Buffer.from(hex, 'hex');
      const frame = raw.subarray(raw.lastIndexOf(0x01), raw.lastIndexOf(0x03) + 1);
      return [at, value, unit, temperature, frame.toString('hex')].join();
    })
    .sort();
}

function rows(bench: Bench, sql: string): readonly Record<string, unknown>[] {
  const db = new Database(bench.path(REAL), { readonly: true, fileMustExist: true });
  try {
    return db.prepare<[string], Record<string, unknown>>(sql).all(SESSION);
  } finally {
    db.close();
  }
}

const said = (bench: Bench) =>
  rows(bench, 'SELECT * FROM annotation_log WHERE session_uid = ? ORDER BY at, key, text');
const events = (bench: Bench) =>
  rows(
    bench,
    'SELECT category, message, payload FROM audit_events WHERE session_uid = ? ORDER BY key',
  );

test('buffer, database twice, buffer, beside a writer: each reading once, and right', async ({
  open,
}) => {
  const bench = await open();
  const readings = leftReadings(leftFrames(), 80);
  const old = bench.path('old.sqlite');
  leaveDatabase(old, readings.slice(10, 60));
  leaveBuffer(bench.path('session_14_buffer.jsonl'), readings.slice(0, 30));
  leaveBuffer(bench.path('later.jsonl'), readings.slice(50));
  const left = ['old.sqlite', 'session_14_buffer.jsonl', 'later.jsonl'];
  const bytes = left.map((name) => readFileSync(bench.path(name)));
  await bench.startMeter('--serial', '00411/25');
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await eventually(
    'the writer to record',
    () => readingsOf(bench, (uid) => uid !== SESSION) > 10,
    PATIENCE_MS,
  );

  const warnings = () => writer.log().filter(({ level }) => level >= 40).length;
  const warned = warnings();
  expect(await imported(bench, 'session_14_buffer.jsonl')).toMatchObject({
    imported_measurements: 30,
    already_stored_measurements: 0,
  });
  const doubled = readings.slice(10, 60).filter((reading) => reading.doubled).length;
  expect(doubled).toBeGreaterThan(0);
  expect(await imported(bench, 'old.sqlite')).toMatchObject({
    imported_measurements: 30,
    already_stored_measurements: 20,
    corrected_measurements: doubled,
    files: [
      {
        summary: {
          sessions: 1,
          frames: 51,
          doubled_headers: doubled,
          undecodable_frames: 1,
          unreadable_rows: 1,
          annotations: 5,
          audit_events: 1,
        },
      },
    ],
  });
  expect(inViews(bench)).toEqual(expected(readings.slice(0, 60)));
  const before = { said: said(bench), events: events(bench) };
  expect(before.said).toHaveLength(5);
  expect(before.events.map(({ category }) => category).sort()).toEqual([
    'legacy_event',
    'legacy_measurement',
    'undecodable_frame',
  ]);

  expect(await imported(bench, 'old.sqlite', 'session_14_buffer.jsonl')).toMatchObject({
    imported_measurements: 0,
    already_stored_measurements: 80,
  });
  expect({ said: said(bench), events: events(bench) }).toEqual(before);
  expect(await imported(bench, 'later.jsonl')).toMatchObject({
    imported_measurements: 20,
    already_stored_measurements: 10,
  });
  expect(inViews(bench)).toEqual(expected(readings));
  expect(left.map((name) => readFileSync(bench.path(name)))).toEqual(bytes);

  expect(warnings(), writer.tail()).toBe(warned);
  await deliversAll(bench, acquisition);
  expect((await writer.stop()).code).toBe(0);
  const { sessions, integrity } = bench.database(REAL);
  expect(integrity).toBe('ok');
  const own = sessions.filter(({ session_uid }) => session_uid !== SESSION);
  expect(own).toMatchObject([{ end_reason: 'stopped' }]);
  const whole = (await bench.account()).filter((frame) => frame.whole).map(({ frame }) => frame);
  const stored = bench
    .database(REAL)
    .measurements.filter(({ session_uid }) => session_uid !== SESSION)
    .map(({ raw_frame }) => raw_frame.toString('hex'));
  // The orderly stop may leave one answer on the wire.
  expect(stored).toEqual(whole.slice(0, stored.length));
  expect(whole.length - stored.length).toBeLessThanOrEqual(1);
  const shown = await bench.elmetron('sessions', 'show', SESSION, '--json');
  expect(JSON.parse(shown.out[0] ?? '')).toMatchObject({
    metadata: { operator: 'A. Kowalska', legacy_ended_at: '2025-09-26 14:00:00' },
  });

  // The database is lost: what people said is not, and the same import brings all of it back once.
  expect((await bench.elmetron('note', SESSION, 'said today')).code).toBe(0);
  const notes = said(bench);
  for (const end of ['', '-wal', '-shm']) rmSync(bench.path(`${REAL}${end}`), { force: true });
  await imported(bench, ...left);
  expect(inViews(bench)).toEqual(expected(readings));
  expect(said(bench)).toEqual(notes);
});

test('killed and interrupted in the middle, it goes on and doubles nothing', async ({ open }) => {
  const bench = await open();
  const readings = leftReadings(leftFrames(), 60_000);
  leaveDatabase(bench.path('old.sqlite'), readings);
  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    const before = readingsOf(bench, () => true);
    const run = bench.startElmetron('import', 'old.sqlite');
    // A second life first passes over what the first one has done.
    await eventually(
      'the import to be under way',
      () => readingsOf(bench, () => true) > before || run.exit !== undefined,
      PATIENCE_MS,
      () => run.tail(),
    );
    expect(run.exit, run.tail()).toBeUndefined();
    run.signal(signal);
    const { code } = await run.exited;
    if (signal === 'SIGINT') expect(code).toBe(130);
    expect(readingsOf(bench, () => true)).toBeLessThan(readings.length);
  }
  await imported(bench, 'old.sqlite');
  expect(inViews(bench)).toEqual(expected(readings));
});

/** Without reading them: it is asked again and again. */
function readingsOf(bench: Bench, which: (session: string) => boolean): number {
  try {
    const db = new Database(bench.path(REAL), { readonly: true, fileMustExist: true });
    try {
      return db
        .prepare<[], { session_uid: string; measurement_count: number }>(
          'SELECT session_uid, measurement_count FROM session_log',
        )
        .all()
        .filter(({ session_uid }) => which(session_uid))
        .reduce((sum, { measurement_count }) => sum + measurement_count, 0);
    } finally {
      db.close();
    }
  } catch {
    return 0; // not there yet
  }
}
