import { describe, expect, test } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import type { BacklogEntry } from './backlog.js';
import type { Delivery } from './delivery.js';
import { GroupCommit } from './group-commit.js';
import { Intake } from './intake.js';
import type { SessionBuffers } from './session-buffers.js';
import { SetAside } from './set-aside.js';
import { batch, batchOf, endLine, measurementLine, SESSION } from './testing/lines.js';
import { OwnedClock } from './testing/owned-clock.js';

type Ranges = Awaited<ReturnType<SessionBuffers['write']>>;

/** Session buffers whose every sync the test lets go by hand. */
class HeldBuffers {
  readonly groups: (readonly Delivery[])[] = [];
  readonly ended: string[] = [];
  readonly #waiting: ((outcome: 'buffered' | 'unavailable' | Error) => void)[] = [];

  write(_session: unknown, group: readonly Delivery[]): Promise<Ranges> {
    this.groups.push(group);
    return new Promise((resolve, reject) => {
      this.#waiting.push((outcome) => {
        if (outcome instanceof Error) reject(outcome);
        else if (outcome === 'unavailable') resolve(undefined);
        else resolve(group.map((_, i) => ({ path: 'p', start: i, end: i + 1 })));
      });
    });
  }

  end(session: string): Promise<void> {
    this.ended.push(session);
    return Promise.resolve();
  }

  async letGo(outcome: 'buffered' | 'unavailable' | Error): Promise<void> {
    while (this.#waiting.length === 0) await new Promise(setImmediate);
    this.#waiting.shift()?.(outcome);
    await new Promise(setImmediate);
  }
}

const OTHER = '019a0000-0000-7000-8000-00000000000c';

/** `never`: neither the quarantine nor the database takes what is set aside. */
function open(quarantined: boolean | 'never' = true) {
  const buffers = new HeldBuffers();
  const acknowledged: number[] = [];
  const committing: BacklogEntry[] = [];
  const failures: unknown[] = [];
  const kept: number[] = [];
  const events: string[] = [];
  const rests: number[] = [];
  const quarantine = {
    keep: ({ position }: { position: number }) => {
      if (quarantined !== true) return Promise.resolve(false);
      kept.push(position);
      return Promise.resolve(true);
    },
  };
  const clock = new OwnedClock();
  const groupCommit = new GroupCommit({
    recordsPerSync: 100,
    buffers: buffers as Pick<SessionBuffers, 'write' | 'end'> as SessionBuffers,
    setAside: new SetAside({
      quarantine,
      alarm: () => undefined,
      run: 'run-1',
      recordEvent: (_, { key }) => {
        events.push(key);
        return quarantined === 'never' ? new Promise(() => undefined) : Promise.resolve();
      },
      clock,
      log: silentLog,
    }),
    commit: (_, entry) => committing.push(entry),
    fatal: (error) => failures.push(error),
    clock,
    rest: (ms) => Promise.resolve(rests.push(ms)),
  });
  const intake = new Intake({
    recordsPerSync: 100,
    deliver: (delivery) => {
      groupCommit.push(delivery);
    },
  });
  const take = (first: number, last: number, session?: string): void => {
    intake.take(batch(first, last, session), (_, seq) => acknowledged.push(seq));
  };
  return {
    buffers,
    intake,
    take,
    acknowledged,
    committing,
    failures,
    kept,
    events,
    clock,
    rests,
    groupCommit,
  };
}

describe('GroupCommit', () => {
  test('acknowledges only after the sync', async () => {
    const { buffers, take, acknowledged, groupCommit } = open();
    take(0, 0);
    await new Promise(setImmediate);
    expect(buffers.groups).toHaveLength(1);
    expect(acknowledged).toEqual([]);
    await buffers.letGo('buffered');
    expect(acknowledged).toEqual([0]);
    await groupCommit.idle();
  });

  test('while one sync runs, what arrives gathers for the next', async () => {
    const { buffers, take, acknowledged } = open();
    take(0, 0);
    await new Promise(setImmediate);
    for (let seq = 1; seq <= 5; seq++) take(seq, seq);
    await buffers.letGo('buffered');
    expect(buffers.groups.map((group) => group.length)).toEqual([1, 5]);
    await buffers.letGo('buffered');
    expect(acknowledged).toEqual([0, 5]);
  });

  test('without a buffer the commit acknowledges, and a later buffered record waits for it', async () => {
    const { buffers, take, acknowledged, committing } = open();
    take(0, 3);
    await buffers.letGo('unavailable');
    take(4, 4);
    await buffers.letGo('buffered');
    expect(acknowledged).toEqual([]);
    committing[0]?.committed?.();
    expect(acknowledged).toEqual([4]);
  });

  test('a buffer ends with the end of its session, once that is synced, without a word of its source', async () => {
    const { buffers, intake, take } = open();
    take(0, 2);
    await buffers.letGo('buffered');
    intake.take(batchOf(3, [measurementLine(3), endLine(4)]), () => undefined);
    await new Promise(setImmediate);
    expect(buffers.ended, 'not yet synced').toEqual([]);
    await buffers.letGo('buffered');
    expect(buffers.ended).toEqual([SESSION]);
  });

  test.each([
    [8, [10]],
    [20, [12]],
    [200, [40]],
  ])('after a round of %i sessions the next one waits for %j ms', async (sessions, expected) => {
    const { buffers, take, rests, groupCommit } = open();
    for (let n = 0; n < sessions; n++) take(0, 0, `${SESSION.slice(0, -3)}${100 + n}`);
    for (let n = 0; n < sessions; n++) await buffers.letGo('buffered');
    await groupCommit.idle();
    expect(rests).toEqual([]);
    take(1, 1, `${SESSION.slice(0, -3)}100`);
    await buffers.letGo('buffered');
    expect(rests).toEqual(expected);
  });

  test('a reading that comes after a while waits for nothing, nor do a hundred', async () => {
    const { buffers, take, clock, rests, acknowledged } = open();
    take(0, 0);
    await buffers.letGo('buffered');
    clock.pass(12);
    take(1, 1);
    await new Promise(setImmediate);
    expect(buffers.groups).toHaveLength(2);
    take(2, 101);
    await buffers.letGo('buffered');
    await buffers.letGo('buffered');
    expect(acknowledged).toEqual([0, 1, 101]);
    expect(rests).toEqual([]);
  });

  test('a failed sync ends it: nothing is acknowledged, nothing more is written', async () => {
    const { buffers, take, acknowledged, failures } = open();
    take(0, 0);
    await buffers.letGo(new Error('EIO'));
    take(1, 1);
    await new Promise(setImmediate);
    expect(failures).toHaveLength(1);
    expect(buffers.groups).toHaveLength(1);
    expect(acknowledged).toEqual([]);
  });

  test.each([true, false])(
    'poison is kept before it is acknowledged (quarantine writable: %s)',
    async (writable) => {
      const { buffers, intake, acknowledged, kept, events } = open(writable);
      const lines = [measurementLine(1), Buffer.from('{"nonsense":1}'), measurementLine(3)];
      intake.take(batchOf(1, lines), (_, seq) => acknowledged.push(seq));
      await buffers.letGo('buffered');
      expect(acknowledged, 'the start, then all of it').toEqual([0, 3]);
      expect(kept).toEqual(writable ? [2] : []);
      expect(events).toHaveLength(1);
    },
  );

  test('a record that cannot be set aside holds up its own session only', async () => {
    const { buffers, take, intake, acknowledged } = open('never');
    intake.take(batchOf(1, [Buffer.from('{"nonsense":1}')]), (_, seq) => acknowledged.push(seq));
    take(0, 3, OTHER);
    await buffers.letGo('buffered');
    await buffers.letGo('buffered');
    expect(acknowledged, 'its start, and the other session').toEqual([0, 3]);
  });

  test('a hole that the source declares is kept before anything beyond it is acknowledged', async () => {
    const { buffers, intake, acknowledged, kept } = open();
    const hole = { from: 1, to: 4 };
    intake.take({ ...batch(5, 6), hole }, (_, seq) => acknowledged.push(seq));
    await buffers.letGo('buffered');
    expect(kept).toEqual([1]);
    expect(acknowledged).toEqual([0, 6]);
  });
});
