import { silentLog } from '@elmetron/protocol';
import { StorageError, type RecentCurve } from '@elmetron/storage';
import { beforeEach, expect, it } from 'vitest';
import type { Database } from '../databases/database.js';
import { fakeDatabase } from '../testing/fake-reader.js';
import { LATER_SESSION, madeReading, measurement, SESSION } from '../testing/made-records.js';
import { BEGAN } from '../testing/owned-clock.js';
import { History } from './history.js';
import { joinReadings } from './join-readings.js';
import { LiveHub } from './live-hub.js';

const RANGE = { from: BEGAN, to: BEGAN + 600_000, points: 1_000 };

/** By database, up to which number it has the readings, or what is wrong with it. */
let stored: { real: number | StorageError; demo: number | StorageError };
let emulated: boolean | undefined;
/** By session. */
let emulatedIn: Map<string, boolean>;
let hub: LiveHub;
beforeEach(() => {
  stored = { real: 0, demo: 0 };
  emulated = undefined;
  emulatedIn = new Map();
  hub = new LiveHub({
    sources: ['bench-1'],
    monotonic: () => 0,
    reading: () => undefined,
    mark: () => undefined,
    changed: () => undefined,
    log: silentLog,
  });
});

function curveTo(last: number): RecentCurve {
  const nothing = {
    from: BEGAN,
    to: BEGAN,
    readings: 0,
    bucket_ms: 0,
    values: [],
    temperatures: [],
  };
  const readings = Array.from({ length: last }, (_, i) => madeReading(i + 1));
  const { bucket_ms: bucketMs, ...curve } = joinReadings(nothing, readings, 3_000);
  const ends = last === 0 ? [] : [{ session: SESSION, seq: last }];
  return { ...curve, bucketMs, leftOut: 0, ends };
}

function database(which: 'real' | 'demo'): Database {
  return fakeDatabase(
    { path: which, emulated: which === 'demo' },
    {
      recent: async () => {
        const now = stored[which];
        if (typeof now === 'number') return curveTo(now);
        throw now;
      },
    },
  );
}

const history = () =>
  new History({
    databases: new Map([['bench-1', [database('real'), database('demo')]]]),
    benches: [{ source: 'bench-1', pollIntervalMs: 800 }],
    hub,
    emulated: (_, session) => (session === undefined ? emulated : emulatedIn.get(session)),
    log: silentLog,
  });
const hear = (from: number, to: number) => {
  for (let seq = from; seq <= to; seq += 1)
    hub.take('bench-1', { source: 'bench-1', record: measurement(seq) });
};
const values = async () => (await history().of('bench-1', RANGE)).values[0]?.low;
const upTo = (last: number) => Array.from({ length: last }, (_, i) => (i + 1) / 100);

it('is what is stored, and behind it what has come since', async () => {
  stored.real = 8;
  hear(5, 10);
  expect(await values()).toEqual(upTo(10));
  expect(await history().of('bench-1', RANGE)).toMatchObject({ readings: 10, bucket_ms: 0 });
});

it('is what has come alone, where nothing is stored or nothing can be read', async () => {
  hear(1, 5);
  expect(await values()).toEqual(upTo(5));
  stored.real = new StorageError('store_missing', 'none yet');
  stored.demo = new StorageError('store_locked', 'held');
  expect(await values()).toEqual(upTo(5));
});

it('is of the database that the meter belongs to', async () => {
  stored = { real: 3, demo: 4 };
  emulated = false;
  expect(await values()).toEqual(upTo(3));
  emulated = true;
  expect(await values()).toEqual(upTo(4));
});

it('has nothing of an emulated meter once a real one has come, nor the other way round', async () => {
  hear(1, 3);
  for (const seq of [4, 5]) {
    const record = measurement(seq, LATER_SESSION);
    hub.take('bench-1', { source: 'bench-1', record });
  }
  emulatedIn = new Map([
    [SESSION, true],
    [LATER_SESSION, false],
  ]);
  emulated = false;
  expect(await values()).toEqual([0.04, 0.05]);
  emulated = true;
  expect(await values()).toEqual([0.01, 0.02, 0.03]);
  // Of a session of which nobody has said yet what it is, nothing is left out.
  emulatedIn.delete(LATER_SESSION);
  expect(await values()).toEqual([0.01, 0.02, 0.03, 0.04, 0.05]);
});

it('has what was heard within its time', async () => {
  hear(1, 5);
  const range = { ...RANGE, from: BEGAN + 3_000 };
  expect((await history().of('bench-1', range)).values[0]?.low).toEqual([0.03, 0.04, 0.05]);
});

it('of an unknown meter is of the database that goes on longest', async () => {
  stored = { real: 3, demo: 4 };
  expect(await values()).toEqual(upTo(4));
});

it('of a meter that is not on the page is refused', async () => {
  await expect(history().of('bench-9', RANGE)).rejects.toMatchObject({ code: 'source_not_found' });
});

it('what is wrong with the program is not hidden', async () => {
  stored.real = new TypeError('a mistake') as never;
  await expect(history().of('bench-1', RANGE)).rejects.toThrow('a mistake');
});
