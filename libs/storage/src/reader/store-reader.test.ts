import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog, systemClock, type SessionRecord } from '@elmetron/protocol';
import { openSqliteStore } from '../store/sqlite-store.js';
import type { Store } from '../store/store.js';
import { holdDatabase } from '../store/testing/lock-holder.js';
import { at, linesOf, MadeSession } from '../store/testing/made-session.js';
import { scratchDirectory } from '../store/testing/scratch.js';
import { StoreReader } from './store-reader.js';

let scratch: ReturnType<typeof scratchDirectory>;
let path: string;
const open: { close: () => unknown }[] = [];

beforeEach(() => {
  scratch = scratchDirectory();
  path = join(scratch.path, 'elmetron.sqlite');
});
afterEach(async () => {
  for (const part of open.splice(0)) await part.close();
  scratch.remove();
});

function writer(): Store {
  const store = openSqliteStore({ path, busyTimeoutMs: 20, clock: systemClock, log: silentLog });
  open.push(store);
  return store;
}

function reader(): StoreReader {
  const opened = StoreReader.open(path, 50);
  open.push(opened);
  return opened;
}

async function stored(...records: SessionRecord[]): Promise<Store> {
  const store = writer();
  await store.commit({ lines: linesOf(...records), recovered: false });
  return store;
}

describe('opening', () => {
  it('reads beside a writer at work, and what it commits later', async () => {
    const made = new MadeSession();
    const store = await stored(made.start(), made.measurement(1));
    const look = reader();
    expect(look.sessions()[0]?.measurement_count).toBe(1);
    await store.commit({ lines: linesOf(made.measurement(2)), recovered: false });
    expect(look.sessions()[0]?.measurement_count).toBe(2);
  });

  it('reads when the writer has ended and there is no log beside the database', async () => {
    const made = new MadeSession();
    await (await stored(made.start())).close();
    expect(reader().sessions()).toHaveLength(1);
  });

  it('holds up no checkpoint: no transaction stays open between two pages', async () => {
    const made = new MadeSession();
    const many = Array.from({ length: 4_500 }, (_, i) => made.measurement(i + 1));
    const store = await stored(made.start(), ...many);
    const pages = reader().readings(made.session);
    expect((pages.next().value as unknown[]).length).toBe(2_000);
    await store.commit({ lines: linesOf(made.measurement(4_501)), recovered: false });
    expect(await store.checkpoint()).toBe(true);
    expect([...pages].flat()).toHaveLength(2_501);
  });

  it('changes no byte of the file, not even when it was left with a log to be written back', async () => {
    const made = new MadeSession();
    const store = await stored(made.start(), made.measurement(1));
    await store.checkpoint();
    await store.commit({ lines: linesOf(made.measurement(2)), recovered: false });
    const before = readFileSync(path);
    const look = StoreReader.open(path);
    expect(look.lastReading(made.session)?.seq).toBe(2);
    look.close();
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('says what stands in the way', async () => {
    expect(() => StoreReader.open(path)).toThrow(
      expect.objectContaining({ code: 'store_missing' }),
    );
    writeFileSync(path, 'a letter to my aunt, and a long one at that, so that it has some length');
    expect(() => StoreReader.open(path)).toThrow(
      expect.objectContaining({ code: 'store_foreign' }),
    );
    const other = join(scratch.path, 'other.sqlite');
    new SqliteDatabase(other).exec('CREATE TABLE t (a)').close();
    expect(() => StoreReader.open(other)).toThrow(
      expect.objectContaining({ code: 'store_foreign' }),
    );
    // What cannot be read: a disk that fails does the same.
    expect(() => StoreReader.open(scratch.path)).toThrow(
      expect.objectContaining({
        code: 'store_unreadable',
        message: expect.not.stringContaining('written'),
      }),
    );
    const newer = join(scratch.path, 'newer.sqlite');
    const store = openSqliteStore({
      path: newer,
      busyTimeoutMs: 20,
      clock: systemClock,
      log: silentLog,
    });
    await store.close();
    const raised = new SqliteDatabase(newer);
    raised.pragma('user_version = 999');
    raised.close();
    expect(() => StoreReader.open(newer)).toThrow(
      expect.objectContaining({ code: 'store_too_new' }),
    );
  });

  it('gives up a long look when it is told to, and is as it was', async () => {
    const made = new MadeSession();
    const store = await stored(made.start(), made.measurement(1));
    let stopped = true;
    const look = StoreReader.open(path, 50, () => stopped);
    open.push(look);
    for (const long of [
      () => look.statistics(made.session),
      () => look.curve(made.session, { points: 10 }),
    ]) {
      expect(long).toThrow(expect.objectContaining({ code: 'store_stopped' }));
    }
    await store.commit({ lines: linesOf(made.measurement(2)), recovered: false });
    expect(await store.checkpoint()).toBe(true);
    stopped = false;
    expect(look.statistics(made.session).units).toHaveLength(2);
  });

  it('waits for a program that holds all of the database, and then says so', async () => {
    await (await stored(new MadeSession().start())).close();
    const holder = await holdDatabase(
      path,
      'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM annotations',
    );
    try {
      expect(() => reader().sessions()).toThrow(expect.objectContaining({ code: 'store_locked' }));
    } finally {
      await holder.release();
    }
  });
});

describe('sessions', () => {
  it('the latest first, by date, meter, unit and source', async () => {
    const one = new MadeSession('00411/25');
    const two = new MadeSession('00777/25');
    await stored(
      one.start({ started_at: '2026-03-01T08:00:00.000Z' }),
      one.measurement(1),
      { ...one.end(2), ended_at: '2026-03-01T09:00:00.000Z' },
      two.start({ started_at: '2026-03-02T08:00:00.000Z', source: 'bench-2' }),
      two.measurement(4),
    );
    const look = reader();
    const found = (filter: Parameters<StoreReader['sessions']>[0]) =>
      look.sessions(filter).map(({ session_uid }) => session_uid);
    expect(found({})).toEqual([two.session, one.session]);
    expect(found({ limit: 1 })).toEqual([two.session]);
    expect(found({ since: '2026-03-01T09:00:00.001Z' })).toEqual([two.session]);
    expect(found({ since: '2026-03-01T09:00:00.000Z' })).toHaveLength(2);
    expect(found({ until: '2026-03-02T08:00:00.000Z' })).toEqual([one.session]);
    expect(found({ meter: '00411' })).toEqual([one.session]);
    expect(found({ meter: 'cx-505' })).toHaveLength(2);
    expect(found({ source: 'bench-2' })).toEqual([two.session]);
    expect(found({ unit: one.measurement(1).decoded.unit })).toEqual([one.session]);
    expect(found({ unit: 'furlong' })).toEqual([]);
  });

  it('are found by the beginning of their name', async () => {
    const session = '0199aaaa-0000-7000-8000-00000000000';
    const [one, two] = [new MadeSession('1', `${session}1`), new MadeSession('2', `${session}2`)];
    await stored(one.start(), two.start());
    const look = reader();
    expect(look.sessionsBeginning('0199aaaa', 5)).toHaveLength(2);
    expect(look.sessionsBeginning(one.session, 5)).toHaveLength(1);
    expect(look.session(one.session)).toEqual(look.sessions({ meter: '1' })[0]);
    expect(look.session('0199aaaa')).toBeUndefined();
    expect(look.sessionsBeginning('%', 5)).toEqual([]);
  });
});

describe('readings', () => {
  it('by number and by time, with what is counted agreeing', async () => {
    const made = new MadeSession();
    await stored(made.start(), ...[1, 2, 3, 4, 5].map((seq) => made.measurement(seq)));
    const look = reader();
    const seqs = (range: Parameters<StoreReader['readings']>[1]) => {
      const found = [...look.readings(made.session, range)].flat().map(({ seq }) => seq);
      expect(look.countReadings(made.session, range)).toBe(found.length);
      return found;
    };
    expect(seqs({})).toEqual([1, 2, 3, 4, 5]);
    expect(seqs({ after: 2, upTo: 4 })).toEqual([3, 4]);
    expect(seqs({ since: at(2), until: at(4) })).toEqual([2, 3]);
    expect(() => look.countReadings(made.session, { since: 'yesterday' })).toThrow(RangeError);
    expect(look.lastReading(made.session)?.seq).toBe(5);
  });

  it('summed up by unit, with what was unreadable counted', async () => {
    const made = new MadeSession();
    const unit = (seq: number, value: number | null) => {
      const record = made.measurement(seq);
      return { ...record, decoded: { ...record.decoded, unit: 'pH', value } };
    };
    await stored(made.start(), unit(1, 4), unit(2, 6), unit(3, null));
    expect(reader().units(made.session)).toEqual([
      {
        unit: 'pH',
        measurements: 3,
        without_value: 1,
        least: 4,
        greatest: 6,
        mean: 5,
        first_at: at(1),
        last_at: at(3),
      },
    ]);
  });
});

it('gives metadata and events as they were recorded', async () => {
  const made = new MadeSession();
  const store = await stored(made.start(), made.event(1), made.metadata(2));
  await store.recordEvent({
    key: 'recovered:x',
    session: made.session,
    at: at(9),
    level: 'info',
    category: 'recovery',
    message: 'Recovered',
    payload: { measurements: 3 },
  });
  const look = reader();
  expect(look.metadata(made.session)).toEqual({
    operator: 'Ada',
    batch: 7,
    sample: 'S-2',
    dilution: 0.5,
  });
  expect(look.events(made.session).map(({ seq }) => seq)).toEqual([1, null]);
  expect(look.events(made.session, 1).map(({ seq }) => seq)).toEqual([null]);
  expect(look.events(new MadeSession().session)).toEqual([]);
  expect(look.lastEvent('recovery')).toMatchObject({ at: at(9), payload: { measurements: 3 } });
  const later = { level: 'error', category: 'recovery', message: 'Again', payload: {} } as const;
  await store.recordEvent({ ...later, key: 'of no session', at: at(20) });
  await store.recordEvent({ ...later, key: 'before', at: at(5), category: 'other' });
  expect(look.lastEvents('recovery', 5).map((event) => event.at)).toEqual([at(20), at(9)]);
  expect(look.lastEvents('recovery', 1)).toEqual([look.lastEvent('recovery')]);
  // Those of acquisition belong to their session.
  expect(look.lastEvents('gap', 5)).toEqual([]);
});
