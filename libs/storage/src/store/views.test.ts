import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog, systemClock, type SessionRecord } from '@elmetron/protocol';
import { openSqliteStore } from './sqlite-store.js';
import { at, linesOf, MadeSession } from './testing/made-session.js';
import { rowsIn, scratchDirectory } from './testing/scratch.js';

let scratch: ReturnType<typeof scratchDirectory>;
let path: string;

beforeEach(() => {
  scratch = scratchDirectory();
  path = join(scratch.path, 'elmetron.sqlite');
});
afterEach(() => scratch.remove());

async function stored(recovered: boolean, ...records: SessionRecord[]) {
  const store = openSqliteStore({ path, busyTimeoutMs: 20, clock: systemClock, log: silentLog });
  await store.commit({ lines: linesOf(...records), recovered });
  await store.close();
}

it('show a session and its readings under the names that others rely on', async () => {
  const made = new MadeSession();
  await stored(false, made.start(), made.measurement(1));
  await stored(true, made.measurement(2), made.end(3));
  const [first, second] = [made.measurement(1), made.measurement(2)];
  const row = (record: typeof first, recovered: number) => ({
    session_uid: made.session,
    seq: record.seq,
    captured_at: record.captured_at,
    elapsed_ms: record.elapsed_ms,
    device_time: record.decoded.device_time,
    model: 'CX-505',
    serial: made.serial,
    value: record.decoded.value,
    unit: record.decoded.unit,
    temperature: record.decoded.temperature,
    temperature_unit: '°C',
    raw_frame: Buffer.from(record.raw_frame_hex, 'hex'),
    recovered,
  });
  const readings = rowsIn(path, 'SELECT * FROM measurement_log ORDER BY seq');
  expect(readings).toEqual([row(first, 0), row(second, 1)]);
  expect(Object.keys(readings[0] as object)).toEqual(Object.keys(row(first, 0)));

  const session = {
    session_uid: made.session,
    source: 'bench-1',
    model: 'CX-505',
    serial: made.serial,
    profile: 'cx505',
    started_at: at(0),
    ended_at: at(3),
    end_reason: 'stopped',
    measurement_count: 2,
    recovered_count: 1,
    last_seq: 3,
  };
  const sessions = rowsIn(path, 'SELECT * FROM session_log');
  expect(sessions).toEqual([session]);
  expect(Object.keys(sessions[0] as object)).toEqual(Object.keys(session));
});

it('show what did not parse as it was', async () => {
  const made = new MadeSession();
  const { decoded } = made.measurement(1);
  await stored(
    false,
    made.start(),
    made.measurement(1, { decoded: { ...decoded, value: null, device_time: null } }),
    made.measurement(2, { decoded: { ...decoded, device_time: '31-02-2026 25:00' } }),
    made.measurement(3, { decoded: { ...decoded, device_time: '2099-12-31T23:59:59' } }),
  );
  expect(rowsIn(path, 'SELECT value, device_time FROM measurement_log ORDER BY seq')).toEqual([
    { value: null, device_time: null },
    { value: decoded.value, device_time: '31-02-2026 25:00' },
    { value: decoded.value, device_time: '2099-12-31T23:59:59' },
  ]);
});

it('give back every millisecond of the calendar as ISO 8601', async () => {
  const made = new MadeSession();
  await stored(false, made.start(), made.measurement(1));
  const db = new SqliteDatabase(path);
  const set = db.prepare('UPDATE measurements SET captured_ms = ?, device_time = ?');
  const get = db.prepare<[], { captured_at: string; device_time: string }>(
    'SELECT captured_at, device_time FROM measurement_log',
  );
  const calendar = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });
  const ours = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2060, 0) });
  const edge = fc.constantFrom(-62_167_219_200_000, -1, 0, 999, 253_402_300_799_999);
  db.transaction(() => {
    fc.assert(
      fc.property(fc.oneof(calendar, ours, edge), (ms) => {
        set.run(ms, Math.floor(ms / 1000));
        const text = new Date(ms).toISOString();
        expect(get.get()).toEqual({ captured_at: text, device_time: text.slice(0, 19) });
      }),
      { numRuns: 5_000 },
    );
  })();
  db.close();
});

it('read a stretch of a session by its key, without looking at the rest', async () => {
  await stored(false, new MadeSession().start());
  const plan = rowsIn(
    path,
    "EXPLAIN QUERY PLAN SELECT * FROM measurement_log WHERE session_uid = 'x' AND seq > 5 ORDER BY seq",
  ) as { detail: string }[];
  const steps = plan.map(({ detail }) => detail).join('\n');
  expect(steps).toMatch(/SEARCH m USING PRIMARY KEY \(session_id=\? AND seq>\?\)/);
  expect(steps).not.toMatch(/SCAN|TEMP B-TREE/);
});
