import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog, systemClock } from '@elmetron/protocol';
import { annotate, NotesJournal } from '../../annotations/index.js';
import { preflight, type PreflightSummary } from '../preflight.js';
import { Bench, linesOf, measurements, SESSION, start } from '../testing/bench.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.end());

async function fly(): Promise<PreflightSummary> {
  const { databasePath, demoDatabasePath } = bench;
  try {
    return await preflight({ ...bench.options(), archiveDays: 30, databasePath, demoDatabasePath });
  } finally {
    await bench.closeStores();
  }
}

async function recorded(): Promise<void> {
  bench.buffer(linesOf([start(), ...measurements(1, 5)]));
  await fly();
}

const say = (note: string) =>
  annotate(
    { session: SESSION, author: 'Ada', note },
    { databasePath: bench.databasePath, clock: systemClock, log: silentLog },
  );

const notes = () =>
  bench
    .query<{ text: string }>('SELECT text FROM annotation_log ORDER BY made_at', false)
    .map(({ text }) => text);

/** Damage that quick_check sees and that leaves the tables readable. */
function damageAnIndex(): void {
  const db = new SqliteDatabase(bench.databasePath);
  db.unsafeMode(true);
  db.pragma('writable_schema = ON');
  const page = db
    .prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'annotations_of_session'")
    .pluck()
    .get();
  db.prepare("UPDATE sqlite_schema SET rootpage = ? WHERE name = 'sessions_open'").run(page);
  db.close();
}

it('a database that was deleted comes back with its notes', async () => {
  await recorded();
  await say('one');
  for (const suffix of ['', '-wal', '-shm']) rmSync(bench.databasePath + suffix, { force: true });
  const [report] = (await fly()).databases;
  expect(report).toMatchObject({ state: 'missing', rebuilt_measurements: 5, error: null });
  expect(notes()).toEqual(['one']);
});

it('a damaged one too, whatever of it can be read', async () => {
  await recorded();
  await say('one');
  const file = openSync(bench.databasePath, 'r+');
  writeSync(file, Buffer.alloc(40_000, 0x5a), 0, 40_000, 4096);
  closeSync(file);
  expect((await fly()).databases[0]).toMatchObject({ state: 'damaged', error: null });
  expect(notes()).toEqual(['one']);
});

it('notes that only the damaged file has are taken over, those of old versions too, once', async () => {
  await recorded();
  await say('one');
  rmSync(new NotesJournal(bench.databasePath).path);
  const db = new SqliteDatabase(bench.databasePath);
  db.prepare(
    `INSERT INTO annotations (session_id, at_ms, author, text)
     VALUES ((SELECT id FROM sessions), 1000, NULL, 'by hand')`,
  ).run();
  db.close();
  damageAnIndex();
  const [report] = (await fly()).databases;
  expect(report?.beyond_reach).toMatchObject([{ lost: [], unreadable: [] }]);
  expect(notes()).toEqual(['by hand', 'one']);
  expect((await new NotesJournal(bench.databasePath).read()).annotations).toHaveLength(2);
  await fly();
  expect(notes()).toEqual(['by hand', 'one']);
});

it('a row that is no note is listed, and holds up neither the others nor the rebuild', async () => {
  await recorded();
  await say('one');
  rmSync(new NotesJournal(bench.databasePath).path);
  const db = new SqliteDatabase(bench.databasePath);
  db.prepare(
    `INSERT INTO annotations (session_id, at_ms, text, key, value)
     VALUES ((SELECT id FROM sessions), 400000000000000, '', 'k', x'00')`,
  ).run();
  db.close();
  damageAnIndex();
  const [report] = (await fly()).databases;
  expect(report?.error).toBeNull();
  expect(report?.beyond_reach).toMatchObject([
    { unreadable: [expect.stringContaining(`a note of session ${SESSION}`)] },
  ]);
  expect(notes()).toEqual(['one']);
});

it('a note that was kept while the database was held comes into it before the next writer', async () => {
  await recorded();
  const { annotation } = await say('one');
  await new NotesJournal(bench.databasePath).append([
    { ...annotation, uid: 'another', text: 'kept', made_at: '2099-01-01T00:00:00.000Z' },
  ]);
  expect(notes()).toEqual(['one']);
  await fly();
  expect(notes()).toEqual(['one', 'kept']);
});
