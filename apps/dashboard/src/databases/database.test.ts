import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { benchesOf } from '../benches/bench.js';
import { fakeReader, madeSession } from '../testing/fake-reader.js';
import { madeConfig } from '../testing/made-config.js';
import { databasesBySource } from './by-source.js';
import { Database } from './database.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'elmetron-database-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

it('where no file is, no thread is asked; it is found as soon as there is one', async () => {
  const path = join(dir, 'later.sqlite');
  let asked = 0;
  const session = async (uid: string) => {
    asked += 1;
    return madeSession(uid);
  };
  const database = new Database({ path, emulated: false }, () => fakeReader({ session }));
  expect(await database.ask('small', (reader) => reader.session('a'))).toBeUndefined();
  expect(asked).toBe(0);
  writeFileSync(path, '');
  expect(await database.ask('small', (reader) => reader.session('a'))).toBeDefined();
});

it('one that several benches have in common is opened once', () => {
  const opened: string[] = [];
  const [bench] = benchesOf(madeConfig("[storage]\ndatabase_path = 'data/../data/one.sqlite'"));
  const [other] = benchesOf(
    madeConfig('[acquisition]\nsource = "bench-2"\n[storage]\ndatabase_path = "data/one.sqlite"'),
  );
  const { all, bySource } = databasesBySource([bench!, other!], (path) => {
    opened.push(path);
    return fakeReader();
  });
  expect(all.map(({ emulated }) => emulated)).toEqual([false, true]);
  expect(bySource.get('bench-1')).toEqual(bySource.get('bench-2'));
  // A small and a large one each.
  expect(opened).toHaveLength(4);
});
