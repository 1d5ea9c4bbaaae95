import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, systemClock } from '@elmetron/protocol/offline';
import { openSqliteStore } from '@elmetron/storage';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withDatabases, type OpenDatabase } from './databases.js';

let dir: string;
let paths: { database_path: string; demo_database_path: string };
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'elmetron-report-'));
  paths = { database_path: join(dir, 'real.sqlite'), demo_database_path: join(dir, 'demo.sqlite') };
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const made = (path: string) =>
  openSqliteStore({ path, busyTimeoutMs: 1000, clock: systemClock, log: silentLog }).close();

it('gives those that are there', async () => {
  expect(await withDatabases(paths, (found) => found.length)).toBe(0);
  await made(paths.demo_database_path);
  expect(await withDatabases(paths, (found) => found.map(({ emulated }) => emulated))).toEqual([
    true,
  ]);
});

it('has them closed afterwards, also when the work fails', async () => {
  await made(paths.database_path);
  const seen: OpenDatabase[] = [];
  await expect(
    withDatabases(paths, (found) => {
      seen.push(...found);
      expect(found[0]?.reader.sessions()).toEqual([]);
      throw new Error('no use');
    }),
  ).rejects.toThrow('no use');
  expect(seen).toHaveLength(1);
  expect(() => seen[0]?.reader.sessions()).toThrow('not open');
});

it('one that cannot be read is no missing one', async () => {
  writeFileSync(paths.database_path, 'a letter to my aunt, and a long one at that, of some length');
  await expect(withDatabases(paths, () => 0)).rejects.toMatchObject({ code: 'store_foreign' });
});
