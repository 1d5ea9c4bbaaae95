import { join } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { APPLICATION_ID, migrate, migrations, schemaVersion } from './index.js';
import { scratchDirectory } from '../testing/scratch.js';

let db: Database;

beforeEach(() => {
  db = new SqliteDatabase(':memory:');
});
afterEach(() => {
  db.close();
});

it('brings an empty database to the last version, and leaves a current one as it is', () => {
  expect(migrate(db)).toBe(migrations.length);
  expect(schemaVersion(db)).toBe(migrations.length);
  expect(db.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
  expect(migrate(db)).toBe(0);
});

it('runs only the scripts that a database lacks, and keeps its rows', () => {
  migrate(db);
  db.exec("INSERT INTO instruments (model, serial) VALUES ('CX-505', '00411/25')");
  const next = 'ALTER TABLE instruments ADD COLUMN note TEXT';
  expect(migrate(db, [...migrations, next])).toBe(1);
  expect(schemaVersion(db)).toBe(migrations.length + 1);
  expect(db.prepare('SELECT model, note FROM instruments').all()).toEqual([
    { model: 'CX-505', note: null },
  ]);
});

it('does all or nothing', () => {
  expect(() => migrate(db, ['CREATE TABLE a (b)', 'CREATE nonsense'])).toThrow();
  expect(schemaVersion(db)).toBe(0);
  expect(db.prepare('SELECT name FROM sqlite_schema').all()).toEqual([]);
});

it('writes also when there is nothing to bring forward: only then do the settings show', () => {
  const scratch = scratchDirectory();
  const file = new SqliteDatabase(join(scratch.path, 'elmetron.sqlite'));
  file.pragma('journal_mode = WAL');
  migrate(file);
  file.pragma('wal_checkpoint(TRUNCATE)');
  migrate(file);
  expect(file.pragma('wal_checkpoint(NOOP)')).toMatchObject([{ log: 1 }]);
  file.close();
  scratch.remove();
});
