import { expect, test } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import {
  StorageError,
  type SequenceRange,
  type SessionHoles,
  type Store,
  type StoreEvent,
} from '@elmetron/storage';
import type { DatabaseLane } from './database-lane.js';
import { MissingNumbers } from './missing-numbers.js';
import { OwnedClock } from './testing/owned-clock.js';

const SESSION = '019a0000-0000-7000-8000-00000000000a';
const OTHER = '019a0000-0000-7000-8000-00000000000b';
const SWEEP_MS = 60_000;

/** A database that lacks what the test says, until an event explains it; tasks run when told. */
class HoledLane {
  holes: SessionHoles[] = [];
  failure: Error | undefined;
  readonly events: StoreEvent[] = [];
  readonly asked: (readonly [source: string, listed: readonly string[]])[] = [];
  readonly #tasks: (() => Promise<void>)[] = [];
  readonly #store = {
    unexplainedHoles: (source: string, listed: readonly string[]) => {
      this.asked.push([source, listed]);
      const explained = this.events.map(({ session }) => session);
      return Promise.resolve(this.holes.filter(({ session }) => !explained.includes(session)));
    },
    recordEvent: (event: StoreEvent) => {
      if (this.failure !== undefined) return Promise.reject(this.failure);
      this.events.push(event);
      return Promise.resolve();
    },
  } as Partial<Store> as Store;

  get waiting(): number {
    return this.#tasks.length;
  }

  afterEverythingPushed(task: (store: Store) => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.#tasks.push(async () => {
        await task(this.#store);
        resolve();
      });
    });
  }

  /** Everything pushed is committed; a task that fails stays, as with the committer. */
  async committed(): Promise<void> {
    for (let task = this.#tasks[0]; task !== undefined; task = this.#tasks[0]) {
      await task();
      this.#tasks.shift();
    }
    await new Promise(setImmediate);
  }
}

function open(count = 1) {
  const lanes = Array.from({ length: count }, () => new HoledLane());
  const [lane] = lanes;
  if (lane === undefined) throw new Error('unreachable');
  const clock = new OwnedClock();
  const owned = new Map<string, readonly string[]>([['bench-1', ['open']]]);
  const buffers = { of: new Set<string>(), failure: undefined as Error | undefined };
  const alarms: string[] = [];
  const logged: object[] = [];
  const missingNumbers = new MissingNumbers({
    databases: {
      lanes: lanes as Pick<DatabaseLane, 'afterEverythingPushed'>[] as DatabaseLane[],
    },
    openSessions: {
      get sources() {
        return [...owned.keys()];
      },
      owned: (source) => owned.get(source),
    },
    inOtherBuffers: () =>
      buffers.failure === undefined ? Promise.resolve(buffers.of) : Promise.reject(buffers.failure),
    alarm: (message) => alarms.push(message),
    clock,
    log: { ...silentLog, error: (fields) => logged.push(fields) },
  });
  const look = async (): Promise<void> => {
    missingNumbers.look();
    for (const each of lanes) await each.committed();
  };
  /** As after a sweep that left nothing, a sweep later. */
  const lookLater = async (): Promise<void> => {
    clock.pass(SWEEP_MS);
    await look();
  };
  return { lane, lanes, clock, owned, buffers, alarms, logged, missingNumbers, look, lookLater };
}

const lacks = (session: string, ...missing: SequenceRange[]): SessionHoles => ({
  session,
  missing,
});

test('what was missing a sweep ago and still is becomes an alarm, an event and a log line, once', async () => {
  const { lane, alarms, logged, look, lookLater } = open();
  const missing = [
    { from: 1, to: 4 },
    { from: 7, to: 7 },
  ];
  lane.holes = [lacks(SESSION, ...missing)];
  await look();
  expect(lane.asked).toEqual([['bench-1', ['open']]]);
  expect(alarms).toEqual([]);
  expect(lane.events).toEqual([]);
  await lookLater();
  expect(alarms).toHaveLength(1);
  expect(alarms[0]).toContain(`1–4, 7 of session ${SESSION} of bench-1`);
  expect(lane.events).toMatchObject([
    {
      session: SESSION,
      level: 'error',
      category: 'hole',
      at: '2026-11-22T00:01:00.000Z',
      payload: { source: 'bench-1', count: 5, missing },
    },
  ]);
  expect(logged).toEqual([{ source: 'bench-1', session: SESSION, count: 5, missing }]);
  await lookLater();
  await lookLater();
  expect(alarms).toHaveLength(1);
  expect(lane.events).toHaveLength(1);
  expect(logged).toHaveLength(1);
});

test('two looks shortly after each other are no proof', async () => {
  const { lane, clock, alarms, look } = open();
  lane.holes = [lacks(SESSION, { from: 1, to: 1 })];
  await look();
  for (let n = 0; n < 4; n++) {
    clock.pass(10_000);
    await look();
  }
  expect(alarms).toEqual([]);
  clock.pass(10_000);
  await look();
  expect(alarms).toHaveLength(1);
});

test('what has gone in between, or is less by now, begins anew', async () => {
  const { lane, alarms, look, lookLater } = open();
  const holed = lacks(SESSION, { from: 1, to: 4 });
  lane.holes = [holed];
  await look();
  lane.holes = [];
  await lookLater();
  lane.holes = [holed];
  await lookLater();
  lane.holes = [lacks(SESSION, { from: 1, to: 3 })];
  await lookLater();
  expect(alarms).toEqual([]);
  await lookLater();
  expect(alarms).toHaveLength(1);
  expect(alarms[0]).toContain('1–3');
});

test('a session of which another run has a buffer is left alone until that is gone', async () => {
  const { lane, buffers, alarms, look, lookLater } = open();
  lane.holes = [lacks(SESSION, { from: 1, to: 4 }), lacks(OTHER, { from: 2, to: 2 })];
  buffers.of = new Set([SESSION]);
  await look();
  await lookLater();
  expect(lane.events.map(({ session }) => session)).toEqual([OTHER]);
  buffers.of = new Set();
  await lookLater();
  expect(alarms).toHaveLength(1);
  await lookLater();
  expect(lane.events.map(({ session }) => session)).toEqual([OTHER, SESSION]);
});

test('while nobody can say which buffers there are, nothing is told', async () => {
  const { lane, buffers, alarms, look, lookLater } = open();
  lane.holes = [lacks(SESSION, { from: 1, to: 4 })];
  await look();
  buffers.failure = new Error('EACCES');
  await lookLater();
  expect(alarms).toEqual([]);
  buffers.failure = undefined;
  await lookLater();
  expect(alarms).toEqual([]);
  await lookLater();
  expect(alarms).toHaveLength(1);
});

test('the buffers are listed before the database is asked: what leaves one is in the other by then', async () => {
  const { lane, buffers, alarms, look, lookLater } = open();
  lane.holes = [lacks(SESSION, { from: 1, to: 4 })];
  await look();
  // A recovery has just taken the buffer up, and its records are in the database.
  Object.defineProperty(buffers, 'of', {
    get: () => {
      lane.holes = [];
      return new Set();
    },
  });
  await lookLater();
  expect(alarms).toEqual([]);
});

test('only sources that this writer serves are looked at', async () => {
  const { lane, owned, alarms, look, lookLater } = open();
  lane.holes = [lacks(SESSION, { from: 1, to: 4 })];
  await look();
  owned.clear();
  await lookLater();
  await lookLater();
  expect(lane.asked).toHaveLength(1);
  owned.set('bench-1', []);
  await lookLater();
  expect(alarms).toEqual([]);
  await lookLater();
  expect(alarms).toHaveLength(1);
});

test('a database that is locked gets one look, not one for each sweep, and keeps the other from nothing', async () => {
  const { lanes, missingNumbers, clock, alarms } = open(2);
  const [free, locked] = lanes;
  for (const lane of lanes) lane.holes = [lacks(SESSION, { from: 1, to: 4 })];
  for (let n = 0; n < 3; n++) {
    missingNumbers.look();
    await free?.committed();
    clock.pass(SWEEP_MS);
  }
  expect(alarms).toHaveLength(1);
  expect(free?.events).toHaveLength(1);
  expect(locked?.waiting).toBe(1);
  // What it lacks is seen for the first time now.
  await locked?.committed();
  expect(locked?.events).toEqual([]);
});

test('an event that could not be stored is tried again, and the alarm stands meanwhile', async () => {
  const { lane, alarms, logged, look, lookLater } = open();
  lane.holes = [lacks(SESSION, { from: 1, to: 4 })];
  await look();
  lane.failure = new StorageError('store_locked', 'locked');
  await expect(lookLater()).rejects.toThrow('locked');
  expect(alarms).toHaveLength(1);
  expect(logged).toEqual([]);
  lane.failure = undefined;
  await lane.committed();
  expect(lane.events).toHaveLength(1);
  expect(logged).toHaveLength(1);
});

test('a message names as many ranges as a person reads, the event all of them', async () => {
  const { lane, alarms, look, lookLater } = open();
  const missing = Array.from({ length: 25 }, (_, i) => ({ from: 2 * i + 1, to: 2 * i + 1 }));
  lane.holes = [lacks(SESSION, ...missing)];
  await look();
  await lookLater();
  expect(alarms[0]).toContain('17, 19 and 15 more ranges of session');
  expect(lane.events[0]?.payload['missing']).toEqual(missing);
});
