import { join } from 'node:path';
import SqliteDatabase, { SqliteError } from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { asStorageError } from './sqlite-errors.js';
import { codeOf, scratchDirectory } from './testing/scratch.js';

let scratch: ReturnType<typeof scratchDirectory>;

beforeEach(() => {
  scratch = scratchDirectory();
});
afterEach(() => scratch.remove());

/** What becomes of an error that SQLite really throws. */
async function translated(work: () => unknown) {
  return await codeOf(() => {
    try {
      work();
    } catch (error) {
      throw asStorageError(error, 'a.sqlite');
    }
  });
}

it('calls a full database unwritable', async () => {
  const db = new SqliteDatabase(':memory:');
  db.pragma('max_page_count = 3');
  db.exec('CREATE TABLE t (a)');
  const fill = () => db.prepare('INSERT INTO t VALUES (zeroblob(100000))').run();
  expect(await translated(fill)).toBe('store_unwritable');
  db.close();
});

it('calls a database that may only be read unwritable', async () => {
  const path = join(scratch.path, 'a.sqlite');
  new SqliteDatabase(path).exec('CREATE TABLE t (a)').close();
  const db = new SqliteDatabase(path, { readonly: true });
  expect(await translated(() => db.exec('DROP TABLE t'))).toBe('store_unwritable');
  db.close();
});

it.each([
  ['SQLITE_IOERR_WRITE', 'store_unwritable'],
  ['SQLITE_IOERR_CORRUPTFS', 'store_damaged'],
  ['SQLITE_CORRUPT_INDEX', 'store_damaged'],
  ['SQLITE_BUSY_SNAPSHOT', 'store_locked'],
  ['SQLITE_CANTOPEN_ISDIR', 'store_unwritable'],
])('understands the extended code %s', async (code, expected) => {
  const fail = () => {
    throw new SqliteError('disk I/O error', code);
  };
  expect(await translated(fail)).toBe(expected);
});

it('passes a fault of the program as it is', () => {
  const fault = new SqliteError('UNIQUE constraint failed', 'SQLITE_CONSTRAINT_UNIQUE');
  expect(asStorageError(fault, 'a.sqlite')).toBe(fault);
});
