/**
 * Whatever is done to a spool and whenever the process or the power goes: what was numbered and not
 * released is there after a kill, and what was synced besides is there after a power cut.
 */
import { silentLog } from '@elmetron/protocol';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { makeDurableDirectory } from '../buffer/durable-directory.js';
import { DiskModel, failure } from '../buffer/testing/disk-model.js';
import { eventLine, SESSION, startLine } from '../buffer/testing/lines.js';
import type { SpoolSession } from './spool-session.js';
import { Spool } from './spool.js';
import { drain, type Drained } from './testing/drain.js';
import { modelFiles } from './testing/model-files.js';
import { SpoolDir } from './testing/spool-dir.js';

const dirs = new SpoolDir();
// The lock lies on the real disk, all else in the model, under the same name.
const dir = dirs.fresh();
afterAll(() => {
  dirs.remove();
});

const START = startLine().length + 1;
const LINE = eventLine(1).length + 1;

async function open(disk: DiskModel, cacheRecords: number): Promise<Spool> {
  const files = modelFiles(disk);
  const sizes = { maxBytes: 1e6, segmentBytes: START + 4 * LINE, cacheRecords };
  return Spool.open({ dir, ...sizes, log: silentLog, fs: disk, files });
}

function drainLive(disk: DiskModel, session: SpoolSession): Drained {
  disk.intercept = () => undefined;
  return drain(session);
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('release' as const),
      part: fc.integer({ min: 0, max: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'sync' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('failing_sync' as const), call: fc.nat(3) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('full' as const), room: fc.nat(2 * LINE) }) },
);

test('what is owed survives every kill, and what is synced every power cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.constantFrom(0, 3, 1000),
      fc.nat(150),
      fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      async (steps, cacheRecords, stopAt, outcomes) => {
        const disk = new DiskModel();
        await makeDurableDirectory(dir, disk);
        const spool = await open(disk, cacheRecords);
        const session = spool.begin(SESSION, startLine());
        disk.calls.length = 0;
        const power = { stopped: false };
        let fails: ((call: string) => void) | undefined;
        disk.intercept = (call, number) => {
          power.stopped ||= number >= stopAt;
          if (power.stopped) throw failure('EIO', 'stopped');
          fails?.(call);
        };

        let released = -1;
        let durable = -1;
        const append = (count: number): void => {
          for (let n = 0; n < count; n++) session.append(eventLine(session.last + 1));
        };
        for (const one of steps) {
          if (power.stopped) break;
          if (one.do === 'append') {
            try {
              append(one.count);
            } catch {
              expect(power.stopped).toBe(true);
            }
          } else if (one.do === 'release') {
            released = Math.max(released, session.last - one.part);
            session.release(session.last - one.part);
          } else if (one.do === 'sync') {
            const covers = session.last;
            await session.sync().then(
              () => (durable = covers),
              () => undefined,
            );
          } else if (one.do === 'failing_sync') {
            let calls = one.call;
            fails = (call) => {
              if (call.includes('sync') && calls-- === 0) throw failure('EIO', call);
            };
            await session.sync().catch(() => undefined);
            fails = undefined;
          } else {
            disk.room = one.room;
            try {
              append(2);
            } catch (error) {
              expect(error).toHaveProperty('code');
            }
            disk.room = Infinity;
          }
        }
        const { last } = session;
        const live = power.stopped ? undefined : drainLive(disk, session);
        power.stopped = true;
        disk.intercept = (call) => {
          throw failure('EIO', call);
        };
        await spool.close().catch(() => undefined);
        if (live) {
          expect(live.lost).toEqual([]);
          for (let seq = released + 1; seq <= last; seq++) expect(live.numbers).toContain(seq);
        }

        let next = 0;
        const choose = (n: number): number => (outcomes[next++ % outcomes.length] ?? 0) % n;
        const left = async (after: DiskModel): Promise<Drained> => {
          const again = await open(after, 10);
          try {
            const [session] = again.sessions();
            return session ? drain(session) : { numbers: [], lost: [] };
          } finally {
            await again.close();
          }
        };
        const killed = await left(disk.afterKill());
        for (let seq = released + 1; seq <= last; seq++) expect(killed.numbers).toContain(seq);
        expect(killed.lost).toEqual([]);
        const cut = await left(disk.afterPowerCut(choose));
        for (let seq = released + 1; seq <= durable; seq++) expect(cut.numbers).toContain(seq);
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);
