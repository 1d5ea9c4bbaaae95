import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import { APPLICATION_ID } from './migrations/index.js';
import { checkSettings, openDatabase } from './open-database.js';
import { holdDatabase } from './testing/lock-holder.js';
import { codeOf, rowsIn, scratchDirectory } from './testing/scratch.js';

let scratch: ReturnType<typeof scratchDirectory>;
let path: string;

beforeEach(() => {
  scratch = scratchDirectory();
  path = join(scratch.path, 'elmetron.sqlite');
});
afterEach(() => scratch.remove());

const open = (at = path) => openDatabase({ path: at, busyTimeoutMs: 50, log: silentLog });

it('keeps the settings that the promise rests on, also after it has written', () => {
  const db = open();
  db.exec("INSERT INTO instruments (model, serial) VALUES ('CX-505', '00411/25')");
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(db.pragma('synchronous', { simple: true })).toBe(2);
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
  expect(db.pragma('busy_timeout', { simple: true })).toBe(50);
  expect(db.pragma('wal_autocheckpoint', { simple: true })).toBe(0);
  db.close();
});

it('notices a synchronous that fell to NORMAL with the first write', async () => {
  const db = new SqliteDatabase(path);
  db.pragma('journal_mode = WAL');
  db.pragma('foreign_keys = ON');
  db.exec('CREATE TABLE t (a)');
  expect(await codeOf(() => checkSettings(db, path))).toBe('store_unsafe');
  db.pragma('synchronous = FULL');
  checkSettings(db, path);
  db.close();
});

it('notices a file system that knows no write-ahead log', async () => {
  const db = new SqliteDatabase(path);
  db.pragma('foreign_keys = ON');
  expect(await codeOf(() => checkSettings(db, path))).toBe('store_unsafe');
  db.close();
});

it('makes only STRICT tables', () => {
  open().close();
  const tables = rowsIn(path, "SELECT name, strict FROM pragma_table_list WHERE type = 'table'");
  const own = (tables as { name: string; strict: number }[]).filter(
    ({ name }) => !name.startsWith('sqlite_'),
  );
  expect(own.map(({ name }) => name).sort()).toEqual([
    'annotations',
    'audit_events',
    'instruments',
    'measurements',
    'session_metadata',
    'sessions',
  ]);
  expect(own.every(({ strict }) => strict === 1)).toBe(true);
});

it('makes the directory, and fills an empty file that a kill has left', () => {
  const deep = join(scratch.path, 'a', 'b', 'elmetron.sqlite');
  open(deep).close();
  expect(existsSync(deep)).toBe(true);
  writeFileSync(path, '');
  open().close();
  expect(rowsIn(path, 'PRAGMA application_id')).toEqual([{ application_id: APPLICATION_ID }]);
});

it('says that a place cannot be written', async () => {
  const file = join(scratch.path, 'file');
  writeFileSync(file, 'x');
  expect(await codeOf(() => open(join(file, 'below', 'elmetron.sqlite')))).toBe('store_unwritable');
  mkdirSync(path);
  expect(await codeOf(() => open())).toBe('store_unwritable');
});

it.each([
  ['a text', Buffer.from('# readings of Monday\n7.01\n')],
  ['a long text', Buffer.from('7.01\n'.repeat(10_000))],
  ['a few bytes', Buffer.from('SQLite')],
])('leaves %s alone', async (_, bytes) => {
  writeFileSync(path, bytes);
  expect(await codeOf(() => open())).toBe('store_foreign');
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

it.each(['DELETE', 'WAL'])("leaves another program's database (%s) alone", async (mode) => {
  const db = new SqliteDatabase(path);
  db.pragma(`journal_mode = ${mode}`);
  db.exec('CREATE TABLE sessions (id INTEGER PRIMARY KEY); INSERT INTO sessions VALUES (14)');
  db.close();
  const before = readFileSync(path);
  expect(await codeOf(() => open())).toBe('store_foreign');
  expect(readFileSync(path).equals(before)).toBe(true);
});

it('refuses a newer schema and leaves it alone', async () => {
  const db = open();
  db.pragma('user_version = 99');
  db.close();
  const before = readFileSync(path);
  expect(await codeOf(() => open())).toBe('store_too_new');
  expect(readFileSync(path).equals(before)).toBe(true);
});

it.each([
  ['pages', 4096, 8],
  ['header', 16, 84],
  ['beginning, zeroed by a power cut,', 0, 0],
])('says that a database of ours is damaged: its %s', async (_, from, length) => {
  open().close();
  const bytes = readFileSync(path);
  if (length === 0) bytes.fill(0, 0, 4096);
  else for (let at = from; at < bytes.length; at += 4096) bytes.fill(0xa5, at, at + length);
  writeFileSync(path, bytes);
  expect(await codeOf(() => open())).toBe('store_damaged');
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

it('says that another program holds the database, and opens it afterwards', async () => {
  open().close();
  const copy = join(scratch.path, 'copy.sqlite');
  copyFileSync(path, copy);
  const holder = await holdDatabase(path, 'BEGIN EXCLUSIVE');
  try {
    expect(await codeOf(() => open())).toBe('store_locked');
  } finally {
    await holder.release();
  }
  open().close();
});
