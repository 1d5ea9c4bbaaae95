import { expect, onTestFinished, test, vi } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import type { Store } from '@elmetron/storage';
import type { DatabaseLane } from './database-lane.js';
import type { Databases } from './databases.js';
import { Intake } from './intake.js';
import type { SessionBuffers } from './session-buffers.js';
import { OpenSessions } from './open-sessions.js';
import { batch } from './testing/lines.js';

const OLD = '019a0000-0000-7000-8000-00000000000a';
const NEW = '019a0000-0000-7000-8000-00000000000b';

/** A database whose tasks run when the test says so, as if it had been locked until then. */
class LockedLane {
  readonly told: (readonly string[])[] = [];
  /** While set, a task that is tried finds the lock there still. */
  held = false;
  readonly #tasks: (() => Promise<void>)[] = [];

  get waiting(): number {
    return this.#tasks.length;
  }

  afterEverythingPushed(task: (store: Store) => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.#tasks.push(async () => {
        await task({
          reconcileSessions: (_: string, listed: readonly string[]) => {
            if (this.held) return Promise.reject(new Error('locked'));
            this.told.push(listed);
            return Promise.resolve([]);
          },
        } as Partial<Store> as Store);
        resolve();
      });
    });
  }

  async unlock(): Promise<void> {
    for (const task of this.#tasks.splice(0)) await task();
  }

  /** Tries the first task, which stays the first one. */
  async tryInVain(): Promise<void> {
    this.held = true;
    await expect(this.#tasks[0]?.()).rejects.toThrow('locked');
    this.held = false;
  }
}

function open(count = 1, againMs = 3_600_000) {
  const lanes = Array.from({ length: count }, () => new LockedLane());
  const ended: string[] = [];
  const buffers = {
    end: (session: string) => {
      ended.push(session);
      return Promise.resolve();
    },
  } as Partial<SessionBuffers> as SessionBuffers;
  const intake = new Intake({ recordsPerSync: 100, deliver: () => undefined });
  const openSessions = new OpenSessions({
    intake,
    buffers,
    databases: {
      lanes: lanes as Pick<DatabaseLane, 'afterEverythingPushed'>[] as DatabaseLane[],
    } as Partial<Databases> as Databases,
    againMs,
    log: silentLog,
  });
  const [lane] = lanes;
  if (lane === undefined) throw new Error('unreachable');
  return { lane, lanes, intake, openSessions, ended };
}

test('a session that began after the list was made is not closed by it', async () => {
  const { lane, intake, openSessions, ended } = open();
  intake.take(batch(0, 0, OLD), () => undefined);
  openSessions.listed('bench-1', []);
  expect(ended).toEqual([OLD]);
  intake.take(batch(0, 0, NEW), () => undefined);
  await lane.unlock();
  expect(lane.told).toEqual([[NEW]]);
});

test('a locked database keeps the other from nothing, and is told the newest list when it is free', async () => {
  const { lanes, openSessions } = open(2);
  const [free, locked] = lanes;
  openSessions.listed('bench-1', [OLD]);
  await free?.unlock();
  openSessions.listed('bench-1', [NEW]);
  openSessions.listed('bench-2', []);
  await free?.unlock();
  expect(free?.told).toEqual([[OLD], [NEW], []]);
  await locked?.unlock();
  expect(locked?.told).toEqual([[NEW], []]);
});

test('the list of a source that another writer serves now closes nothing', async () => {
  const { lane, openSessions } = open();
  openSessions.listed('bench-1', [OLD]);
  await lane.unlock();
  openSessions.forget('bench-1');
  openSessions.lookAgain();
  await lane.unlock();
  expect(lane.told).toEqual([[OLD]]);
});

test('a list that comes while the one before waits is told again once the records before it are committed', async () => {
  const { lane, openSessions } = open();
  openSessions.listed('bench-1', [OLD]);
  // The records of OLD are pushed here: what waits already does not wait for them.
  openSessions.listed('bench-1', []);
  await lane.unlock();
  expect(lane.told).toEqual([[]]);
  await lane.unlock();
  expect(lane.told).toEqual([[], []]);
  await lane.unlock();
  expect(lane.told).toEqual([[], []]);
});

test('a database that is locked for long has one task waiting, and misses no list', async () => {
  const { lane, openSessions } = open();
  openSessions.listed('bench-1', [OLD]);
  for (let look = 0; look < 3; look++) {
    await lane.tryInVain();
    openSessions.lookAgain();
    expect(lane.waiting).toBe(1);
  }
  openSessions.listed('bench-1', [NEW]);
  await lane.tryInVain();
  await lane.unlock();
  await lane.unlock();
  expect(lane.told).toEqual([[NEW], [NEW]]);
  expect(lane.waiting).toBe(0);
});

test('two databases do not have each other told again', async () => {
  const { lanes, openSessions } = open(2);
  openSessions.listed('bench-1', [OLD]);
  openSessions.listed('bench-1', [NEW]);
  for (let round = 0; round < 10; round++) {
    for (const lane of lanes) await lane.unlock();
  }
  expect(lanes.map(({ told }) => told.length)).toEqual([2, 2]);
});

test('the writer that serves tells again and again, until another one serves the source', async () => {
  const { lane, openSessions } = open(1, 5);
  openSessions.start();
  onTestFinished(() => {
    openSessions.stop();
  });
  openSessions.listed('bench-1', [OLD]);
  // The writer that was taken over may have told something older since.
  await vi.waitFor(async () => {
    await lane.unlock();
    expect(lane.told.length).toBeGreaterThan(2);
  });
  expect(new Set(lane.told.map(String))).toEqual(new Set([OLD]));
  openSessions.forget('bench-1');
  await lane.unlock();
  const told = lane.told.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  await lane.unlock();
  expect(lane.told.length).toBe(told);
});
