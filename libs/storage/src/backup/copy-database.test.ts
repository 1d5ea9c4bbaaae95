import { copyFileSync, existsSync, readdirSync, statSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog, systemClock, type SessionRecord } from '@elmetron/protocol';
import { nodeFileSystem, type FileSystem } from '../buffer/index.js';
import { StoreReader } from '../reader/index.js';
import { openSqliteStore } from '../store/sqlite-store.js';
import type { Store } from '../store/store.js';
import { linesOf, MadeSession } from '../store/testing/made-session.js';
import { rowsIn, scratchDirectory } from '../store/testing/scratch.js';
import { copyDatabase } from './copy-database.js';

let scratch: ReturnType<typeof scratchDirectory>;
let path: string;
let to: string;
let store: Store;

beforeEach(() => {
  scratch = scratchDirectory();
  path = join(scratch.path, 'elmetron.sqlite');
  to = join(scratch.path, 'copy.partial');
  store = openSqliteStore({ path, busyTimeoutMs: 20, clock: systemClock, log: silentLog });
});
afterEach(async () => {
  await store.close();
  scratch.remove();
});

const never = new AbortController().signal;
const made = new MadeSession();
const many = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => made.measurement(from + i));
const commit = (...records: readonly SessionRecord[]) =>
  store.commit({ lines: linesOf(...records), recovered: false });

it('is what the database was at one moment, though a writer commits at every step', async () => {
  await commit(made.start(), ...many(1, 40_000));
  let next = 40_000;
  let steps = 0;
  const shown: number[] = [];
  const copied = await copyDatabase({
    from: path,
    to,
    signal: never,
    onProgress: (done, total) => {
      shown.push(done / total);
      if (++steps > 1_000) throw new Error('it begins anew with each commit');
      void commit(made.measurement(next++));
    },
  });
  expect(copied?.rows).toMatchObject({ sessions: 1, measurements: 39_999 });
  expect(rowsIn(to, 'SELECT count(*) AS n FROM measurement_log')).toEqual([{ n: 39_999 }]);
  expect(next).toBeGreaterThan(40_001);
  expect(shown).toEqual([...shown].sort((a, b) => a - b));
  expect(copied?.bytes).toBe(statSync(to).size);
});

it('has what was committed and rests in the log alone, and is one file that needs no other', async () => {
  await commit(made.start(), made.measurement(1));
  await copyDatabase({ from: path, to, signal: never });
  expect(readdirSync(scratch.path).filter((name) => name.startsWith('copy'))).toEqual([
    'copy.partial',
  ]);
  // Bytes 18 and 19 of the header are 1 where there is no write-ahead log.
  expect((await readFile(to)).subarray(18, 20)).toEqual(Buffer.from([1, 1]));
  const reader = StoreReader.open(to);
  expect(reader.lastReading(made.session)?.seq).toBe(1);
  reader.close();
});

it('is synced before it is said to be whole', async () => {
  await commit(made.start());
  const calls: string[] = [];
  const fs: FileSystem = {
    ...nodeFileSystem(),
    open: async (name, flags) => {
      const file = await open(name, flags);
      return new Proxy(file, {
        get: (target, key) => {
          if (key === 'sync') calls.push(name);
          const value: unknown = Reflect.get(target, key);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
    },
  };
  await copyDatabase({ from: path, to, signal: never, fs });
  expect(calls).toEqual([to]);
});

it('told to stop, it leaves nothing', async () => {
  await commit(made.start(), ...many(1, 40_000));
  const stop = new AbortController();
  const onProgress = () => {
    stop.abort();
  };
  expect(await copyDatabase({ from: path, to, signal: stop.signal, onProgress })).toBeUndefined();
  expect(existsSync(to)).toBe(false);
});

describe('a copy is refused', () => {
  it('when the database is damaged', async () => {
    await commit(made.start(), ...many(1, 5_000));
    await store.checkpoint();
    const damaged = join(scratch.path, 'damaged.sqlite');
    copyFileSync(path, damaged);
    const file = await open(damaged, 'r+');
    await file.write(Buffer.alloc(4096, 0x5a), 0, 4096, 4096 * 60);
    await file.close();
    const work = copyDatabase({ from: damaged, to, signal: never });
    await expect(work).rejects.toMatchObject({ code: 'store_damaged' });
    expect(existsSync(to)).toBe(false);
  });

  it.each([
    [
      'a rule of a table is broken',
      `PRAGMA ignore_check_constraints = ON; UPDATE audit_events SET key = 'both' WHERE seq = 2`,
    ],
    [
      'readings belong to no session',
      'PRAGMA foreign_keys = OFF; UPDATE measurements SET session_id = 99',
    ],
  ])('when as many rows are there, but %s', async (_, sql) => {
    await commit(made.start(), made.measurement(1), made.event(2));
    const onCheck = () => {
      new SqliteDatabase(to).exec(sql).close();
    };
    await expect(copyDatabase({ from: path, to, signal: never, onCheck })).rejects.toMatchObject({
      code: 'store_damaged',
    });
    expect(existsSync(to)).toBe(false);
  });

  it('when it does not hold all that the database holds', async () => {
    await commit(made.start(), ...many(1, 20));
    const onCheck = () => {
      new SqliteDatabase(to).exec('DELETE FROM measurements WHERE seq = 7').close();
    };
    await expect(copyDatabase({ from: path, to, signal: never, onCheck })).rejects.toMatchObject({
      code: 'copy_differs',
      message: expect.stringContaining('18 rows of measurements instead of 19'),
    });
    expect(existsSync(to)).toBe(false);
  });

  it('when there is no database', async () => {
    const from = join(scratch.path, 'none.sqlite');
    const work = copyDatabase({ from, to, signal: never });
    await expect(work).rejects.toMatchObject({ code: 'store_missing' });
  });
});
