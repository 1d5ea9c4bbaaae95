import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog, systemClock, type SessionRecord } from '@elmetron/protocol';
import { openSqliteStore } from './sqlite-store.js';
import type { Store } from './store.js';
import { holdDatabase } from './testing/lock-holder.js';
import { at, linesOf, MadeSession } from './testing/made-session.js';
import { codeOf, rowsIn, scratchDirectory } from './testing/scratch.js';

let scratch: ReturnType<typeof scratchDirectory>;
let path: string;
let store: Store;

beforeEach(() => {
  scratch = scratchDirectory();
  path = join(scratch.path, 'elmetron.sqlite');
  store = open();
});
afterEach(async () => {
  await store.close();
  scratch.remove();
});

const open = () => openSqliteStore({ path, busyTimeoutMs: 20, clock: systemClock, log: silentLog });
const commit = (...records: SessionRecord[]) =>
  store.commit({ lines: linesOf(...records), recovered: false });
const recover = (...records: SessionRecord[]) =>
  store.commit({ lines: linesOf(...records), recovered: true });

/** A row of session_log. */
const logged = (made: MadeSession) =>
  rowsIn(path, 'SELECT * FROM session_log WHERE session_uid = ?', made.session)[0];

it('stores a whole session, and tells by its counters that it is whole', async () => {
  const made = new MadeSession();
  const result = await commit(...made.whole(5));
  expect(result).toMatchObject({ inserted: 7, insertedMeasurements: 5, replayed: 0 });
  expect(await store.sessionState(made.session)).toEqual({
    session: made.session,
    source: 'bench-1',
    ended: true,
    endReason: 'stopped',
    lastSeq: 6,
    rows: 7,
    measurements: 5,
    complete: true,
  });
  expect(await store.sessionState('another')).toBeUndefined();
});

it('takes records that come twice in one transaction as a replay too', async () => {
  const made = new MadeSession();
  const records = [made.start(), made.measurement(1), made.event(2), made.metadata(3)];
  const result = await commit(...records, ...records);
  expect(result).toMatchObject({ inserted: 4, replayed: 4, conflicts: [] });
});

it('counts a replay of every type and changes nothing', async () => {
  const made = new MadeSession();
  const records = [
    made.start(),
    made.measurement(1),
    made.event(2),
    made.metadata(3),
    made.end(4, { measurement_count: 1 }),
  ];
  expect(await commit(...records)).toMatchObject({ inserted: 5, insertedAuditEvents: 1 });
  const before = rowsIn(path, 'SELECT * FROM sessions');
  expect(await recover(...records)).toEqual({
    inserted: 0,
    insertedMeasurements: 0,
    insertedAuditEvents: 0,
    replayed: 5,
    conflicts: [],
  });
  expect(rowsIn(path, 'SELECT * FROM sessions')).toEqual(before);
});

it('refuses other content under a key in every column of every type, and keeps it aside once', async () => {
  const made = new MadeSession();
  const measurement = made.measurement(1);
  const { decoded } = measurement;
  await commit(
    made.start(),
    measurement,
    made.event(2),
    made.metadata(3),
    made.end(4, { measurement_count: 1 }),
  );
  const before = rowsIn(path, 'SELECT * FROM measurement_log');
  const device = { model: 'CX-505', serial: '00412/25', port: '/dev/ttyUSB0' };
  const others: SessionRecord[] = [
    made.start({ started_at: at(1) }),
    made.start({ source: 'bench-2' }),
    made.start({ profile: 'cx401' }),
    made.start({ emulated: true }),
    made.start({ device }),
    made.start({ device: { ...device, serial: made.serial, port: 'COM3' } }),
    made.start({ metadata: {} }),
    made.start({ metadata: { operator: 'Ada', batch: '7' } }),
    made.measurement(1, { captured_at: at(2) }),
    made.measurement(1, { elapsed_ms: 7 }),
    made.measurement(1, { raw_frame_hex: '0103' }),
    ...Object.entries({
      value: null,
      unit: '',
      temperature: 1e300,
      temperature_unit: 'K',
      device_time: null,
      record_number: 1,
      status: '1',
      range: '1',
      mode: '1',
    }).map(([name, value]) => made.measurement(1, { decoded: { ...decoded, [name]: value } })),
    made.event(2, { at: at(3) }),
    made.event(2, { level: 'info' }),
    made.event(2, { category: 'other' }),
    made.event(2, { message: '' }),
    made.event(2, { payload: {} }),
    made.metadata(3, { at: at(4) }),
    made.metadata(3, { metadata: { sample: 'S-4', dilution: 0.5 } }),
    made.end(4, { reason: 'profile_switch', measurement_count: 1 }),
    made.end(4, { ended_at: at(5), measurement_count: 1 }),
    made.end(4, { measurement_count: 2 }),
    made.end(5, { measurement_count: 1 }),
  ];
  for (const other of others) {
    const result = await commit(other);
    expect(result).toMatchObject({ inserted: 0, replayed: 0 });
    expect(result.conflicts.map(({ session, seq }) => ({ session, seq }))).toEqual([
      { session: made.session, seq: other.seq },
    ]);
    expect(Buffer.concat([result.conflicts[0]!.line, Buffer.from('\n')])).toEqual(linesOf(other));
    expect((await commit(other)).conflicts).toHaveLength(1);
  }
  expect(rowsIn(path, 'SELECT * FROM measurement_log')).toEqual(before);
  const kept = rowsIn(path, "SELECT * FROM audit_events WHERE category = 'conflict'");
  expect(kept).toHaveLength(others.length);
  expect(kept[0]).toMatchObject({ level: 'error', session_uid: made.session });
  expect(await store.sessionState(made.session)).toMatchObject({ rows: 5, complete: true });
});

it('refuses a number that a record of another type has', async () => {
  const made = new MadeSession();
  const records = [
    made.start(),
    made.measurement(1),
    made.event(2),
    made.metadata(3),
    made.end(4, { measurement_count: 1 }),
  ];
  await commit(...records);
  const of = (seq: number): SessionRecord[] => [
    made.measurement(seq),
    made.event(seq),
    made.metadata(seq),
    made.end(seq),
  ];
  for (const { seq, type } of records) {
    for (const other of of(seq).filter((record) => record.type !== type)) {
      expect((await commit(other)).conflicts, `${other.type} at ${seq}`).toHaveLength(1);
    }
  }
  expect(await store.sessionState(made.session)).toMatchObject({ rows: 5 });
});

it('gives the same store for any order, any cuts and any repetition', async () => {
  const numbers = fc.array(fc.nat(11), { maxLength: 30 });
  const order = fc.shuffledSubarray([...Array(12).keys()], { minLength: 12 });
  await fc.assert(
    fc.asyncProperty(order, numbers, fc.integer({ min: 5, max: 20 }), async (all, extra, size) => {
      const made = new MadeSession();
      const other = new MadeSession('00412/25');
      const records = [made, other].map((session) => [
        session.start(),
        ...[1, 2, 3, 4, 5, 6, 7].map((seq) => session.measurement(seq)),
        session.event(8),
        session.metadata(9),
        session.event(10),
        session.end(11, { measurement_count: 7 }),
      ]);
      const sent = [...all, ...extra].flatMap((n) => [records[0]![n]!, records[1]![11 - n]!]);
      for (let from = 0; from < sent.length; from += size) {
        expect((await commit(...sent.slice(from, from + size))).conflicts).toEqual([]);
      }
      for (const session of [made, other]) {
        expect(await store.sessionState(session.session)).toMatchObject({
          source: 'bench-1',
          endReason: 'stopped',
          lastSeq: 11,
          rows: 12,
          measurements: 7,
          complete: true,
        });
        expect(logged(session)).toMatchObject({
          serial: session.serial,
          started_at: at(0),
          ended_at: at(11),
        });
      }
    }),
    { numRuns: 25 },
  );
});

it('makes a session from what its lines say, and completes it when the start comes', async () => {
  const made = new MadeSession();
  await commit(made.event(7));
  expect(logged(made)).toMatchObject({ source: null, serial: null, started_at: at(7) });
  await recover(made.measurement(6), made.measurement(5));
  expect(logged(made)).toMatchObject({
    source: null,
    model: 'CX-505',
    serial: made.serial,
    profile: null,
    started_at: at(5),
    ended_at: null,
    measurement_count: 2,
    recovered_count: 2,
    last_seq: 7,
  });
  expect(await store.sessionState(made.session)).toMatchObject({ rows: 3, complete: false });
  await commit(made.start());
  expect(logged(made)).toMatchObject({ source: 'bench-1', profile: 'cx505', started_at: at(0) });
});

it('believes the start, not the frame, about the instrument', async () => {
  const made = new MadeSession();
  await commit(made.measurement(1));
  await commit(made.start({ device: { model: 'CX-505', serial: 'corrected', port: '' } }));
  expect(logged(made)).toMatchObject({ serial: 'corrected' });
});

it('closes sessions that a source no longer lists, and opens those again that it does', async () => {
  const [open1, gone, ended, elsewhere] = Array.from({ length: 4 }, () => new MadeSession());
  await commit(open1!.start(), gone!.start(), gone!.measurement(1), ...ended!.whole(1));
  await commit(elsewhere!.start({ source: 'bench-2' }));
  expect(await store.reconcileSessions('bench-1', [open1!.session, 'unknown'])).toEqual([
    gone!.session,
  ]);
  expect(logged(gone!)).toMatchObject({ end_reason: 'crashed', ended_at: at(1) });
  expect(logged(ended!)).toMatchObject({ end_reason: 'stopped' });
  expect(logged(elsewhere!)).toMatchObject({ end_reason: null });
  expect(await store.reconcileSessions('bench-1', [open1!.session])).toEqual([]);

  await store.reconcileSessions('bench-1', [open1!.session, gone!.session, ended!.session]);
  expect(logged(gone!)).toMatchObject({ end_reason: null, ended_at: null });
  expect(logged(ended!)).toMatchObject({ end_reason: 'stopped' });
});

it('takes rows of a session closed as crashed: its end moves, and its own end overrides', async () => {
  const made = new MadeSession();
  await commit(made.start(), made.measurement(3));
  await store.reconcileSessions('bench-1', []);
  await recover(made.measurement(1), made.measurement(2));
  expect(logged(made)).toMatchObject({ ended_at: at(3), last_seq: 3, recovered_count: 2 });
  await recover(made.measurement(4));
  expect(logged(made)).toMatchObject({ end_reason: 'crashed', ended_at: at(4), last_seq: 4 });
  await recover(made.end(5));
  expect(logged(made)).toMatchObject({ end_reason: 'stopped', ended_at: at(5) });
  expect(await store.reconcileSessions('bench-1', [made.session])).toEqual([]);
  expect(logged(made)).toMatchObject({ end_reason: 'stopped' });
});

it('records an event once by its key, also for a session that it does not know', async () => {
  const event = {
    key: 'recovered:session_x_buffer.jsonl',
    session: 'unknown',
    at: at(1),
    level: 'info',
    category: 'recovery',
    message: 'Recovered',
    payload: { measurements: 5 },
  } as const;
  await store.recordEvent(event);
  await store.recordEvent({ ...event, message: 'again' });
  await store.recordEvent({ ...event, key: 'other' });
  expect(rowsIn(path, 'SELECT key, session_uid, message, payload FROM audit_events')).toEqual([
    {
      key: event.key,
      session_uid: 'unknown',
      message: 'Recovered',
      payload: '{"measurements":5}',
    },
    expect.objectContaining({ key: 'other' }),
  ]);
  expect(await store.sessionState('unknown')).toBeUndefined();
});

it('keeps all metadata that a session ever had, numbers as numbers', async () => {
  const made = new MadeSession();
  await commit(made.start(), made.metadata(1, { metadata: { batch: 8, note: '8' } }));
  expect(
    rowsIn(path, 'SELECT seq, key, value, typeof(value) AS type FROM session_metadata'),
  ).toEqual([
    { seq: 0, key: 'batch', value: 7, type: expect.stringMatching(/integer|real/) as string },
    { seq: 0, key: 'operator', value: 'Ada', type: 'text' },
    { seq: 1, key: 'batch', value: 8, type: expect.stringMatching(/integer|real/) as string },
    { seq: 1, key: 'note', value: '8', type: 'text' },
  ]);
});

it('stores nothing of a batch with a line that is no record', async () => {
  const made = new MadeSession();
  const lines = Buffer.concat([linesOf(made.start()), Buffer.from('{"v":1}\n')]);
  expect(await codeOf(() => store.commit({ lines, recovered: false }))).toBe('bad_line');
  expect(await store.sessionState(made.session)).toBeUndefined();
});

it('stores nothing while another process holds the database, and everything after', async () => {
  const made = new MadeSession();
  const holder = await holdDatabase(path, 'BEGIN EXCLUSIVE');
  try {
    expect(await codeOf(() => commit(...made.whole(3)))).toBe('store_locked');
    expect(await codeOf(() => store.reconcileSessions('bench-1', []))).toBe('store_locked');
  } finally {
    await holder.release();
  }
  expect(await commit(...made.whole(3))).toMatchObject({ inserted: 5 });
});

it('sees what another store adds to the same session between its transactions', async () => {
  const made = new MadeSession();
  const second = open();
  await commit(made.start(), made.measurement(1));
  await second.commit({ lines: linesOf(made.measurement(2), made.event(3)), recovered: true });
  expect((await commit(made.measurement(3))).conflicts).toHaveLength(1);
  expect(await commit(made.measurement(2), made.end(4))).toMatchObject({
    inserted: 1,
    replayed: 1,
  });
  expect(await second.sessionState(made.session)).toMatchObject({ rows: 5, complete: true });
  await second.close();
});

it('imports what the predecessor left as often as it occurs, however often it is imported', async () => {
  const made = new MadeSession('00411/25', 'legacy-14-2025-09-26T13:24:00');
  const [a, b] = [made.measurement(1), made.measurement(2)];
  const batch = (records: SessionRecord[], occurrence: number[]) => ({
    session: made.session,
    start: linesOf(made.start({ source: 'legacy-import' })).subarray(0, -1),
    lines: records.map((record) => linesOf(record).subarray(0, -1)),
    occurrence,
  });
  // The same reading twice in the file is two readings.
  const first = await store.importLegacy(batch([a, a, b], [1, 2, 1]));
  expect(first).toMatchObject({ inserted: 4, insertedMeasurements: 3, replayed: 0 });
  const again = await store.importLegacy(batch([a, a, b], [1, 2, 1]));
  expect(again).toMatchObject({ inserted: 0, replayed: 4 });
  expect(await store.importLegacy(batch([b, a], [2, 3]))).toMatchObject({ inserted: 2 });
  expect(
    rowsIn(path, 'SELECT seq, captured_at, recovered FROM measurement_log ORDER BY seq'),
  ).toEqual(
    [1, 1, 2, 2, 1].map((n, index) => ({ seq: index + 1, captured_at: at(n), recovered: 1 })),
  );
  expect(await store.sessionState(made.session)).toMatchObject({ rows: 6, complete: true });
  const foreign = batch([new MadeSession().measurement(1)], [1]);
  expect(await codeOf(() => store.importLegacy(foreign))).toBe('bad_line');
});

it('answers nothing after it was closed, and may be closed twice', async () => {
  await store.close();
  await store.close();
  expect(await codeOf(() => store.sessionState('x'))).toBe('store_stopped');
  expect(await codeOf(() => commit(new MadeSession().start()))).toBe('store_stopped');
});
