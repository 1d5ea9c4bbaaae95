import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog, systemClock, type SessionRecord } from '@elmetron/protocol';
import { annotate } from '../annotations/index.js';
import { bufferFileName, nodeFileSystem } from '../buffer/index.js';
import { StoreReader } from '../reader/index.js';
import { openSqliteStore } from '../store/sqlite-store.js';
import type { Store } from '../store/store.js';
import { holdDatabase } from '../store/testing/lock-holder.js';
import { linesOf, MadeSession } from '../store/testing/made-session.js';
import { rowsIn, scratchDirectory } from '../store/testing/scratch.js';
import { archiveSessions } from './archive-sessions.js';
import { removeSessions, type RemoveSessionsOptions } from './remove-sessions.js';

let scratch: ReturnType<typeof scratchDirectory>;
let path: string;
let archive: string;
let capturesDir: string;
let spoolDir: string;
let store: Store;

beforeEach(() => {
  scratch = scratchDirectory();
  path = join(scratch.path, 'elmetron.sqlite');
  archive = join(scratch.path, 'pruned.sqlite');
  capturesDir = join(scratch.path, 'captures');
  spoolDir = join(scratch.path, 'spool');
  mkdirSync(join(capturesDir, 'archive'), { recursive: true });
  mkdirSync(join(spoolDir, 'bench-1'), { recursive: true });
  store = openSqliteStore({ path, busyTimeoutMs: 2000, clock: systemClock, log: silentLog });
});
afterEach(async () => {
  await store.close();
  scratch.remove();
});

const never = new AbortController().signal;

/** One of everything. */
function everything(made: MadeSession): SessionRecord[] {
  const [start, second, third] = [made.start(), made.measurement(1), made.measurement(2)];
  return [start, second, third, made.event(3), made.metadata(4), made.end(5)];
}

async function record(made = new MadeSession()): Promise<string> {
  await store.commit({ lines: linesOf(...everything(made)), recovered: false });
  const at = '2026-03-01T08:00:00.000Z';
  const event = { level: 'warning', category: 'hole', message: '', payload: {} } as const;
  await store.recordEvent({ ...event, at, key: `hole:${made.session}`, session: made.session });
  const db = new SqliteDatabase(path);
  db.prepare(
    `INSERT INTO annotations (session_id, at_ms, text) SELECT id, 0, 'well' FROM sessions WHERE uid = ?`,
  ).run(made.session);
  db.close();
  return made.session;
}

const archived = (...sessions: string[]) =>
  archiveSessions({ from: path, to: archive, sessions, signal: never });
const removed = (sessions: readonly string[], more: Partial<RemoveSessionsOptions> = {}) =>
  removeSessions({ path, archive, capturesDir, spoolDir, sessions, signal: never, ...more });

const TABLES = ['sessions', 'session_metadata', 'measurements', 'audit_events', 'annotations'];
const countsIn = (database: string) =>
  TABLES.map((table) => rowsIn(database, `SELECT * FROM ${table}`).length);

function sessionsIn(database: string): string[] {
  const reader = StoreReader.open(database);
  const found = reader.sessions().map(({ session_uid }) => session_uid);
  reader.close();
  return found.sort();
}

it('moves all of a session, and nothing of another, into a database of the same schema', async () => {
  const [one, two] = [await record(), await record()];
  const whole = countsIn(path);
  const half = whole.map((n) => n / 2);
  const view = (database: string) =>
    rowsIn(database, 'SELECT * FROM measurement_log WHERE session_uid = ?', one);
  const before = view(path);
  expect(await archived(one)).toBe(true);
  expect(countsIn(path)).toEqual(whole);
  expect(await removed([one])).toEqual({
    removed: [one],
    kept: [],
    archivedBuffers: 0,
    finished: true,
  });
  expect(countsIn(path)).toEqual(half);
  expect(countsIn(archive)).toEqual(half);
  expect(sessionsIn(path)).toEqual([two]);
  expect(sessionsIn(archive)).toEqual([one]);
  expect(view(archive)).toEqual(before);
  expect(rowsIn(path, 'PRAGMA foreign_key_check')).toEqual([]);
});

it('takes a table along that a later version may bring', async () => {
  const one = await record();
  const db = new SqliteDatabase(path);
  db.exec(`CREATE TABLE marks (id INTEGER PRIMARY KEY, of INTEGER REFERENCES sessions (id)) STRICT;
    INSERT INTO marks (of) SELECT id FROM sessions`);
  db.close();
  await archived(one);
  expect((await removed([one])).removed).toEqual([one]);
  expect(rowsIn(path, 'SELECT * FROM marks')).toEqual([]);
  expect(rowsIn(archive, 'SELECT * FROM marks')).toHaveLength(1);
});

describe('the archived buffers', () => {
  const buffer = (session: string) => `${bufferFileName(session, 'run', 1)}.gz`;

  it('of a removed session go too: a rebuild would bring it back', async () => {
    const [one, two] = [await record(), await record()];
    for (const session of [one, two]) {
      writeFileSync(join(capturesDir, 'archive', buffer(session)), '');
    }
    writeFileSync(join(capturesDir, 'archive', buffer(one).replace('.gz', '.2.gz')), '');
    await archived(one);
    expect((await removed([one])).archivedBuffers).toBe(2);
    expect(readdirSync(join(capturesDir, 'archive'))).toEqual([buffer(two)]);
  });

  it('go before the rows: cut in between, the session is in the database', async () => {
    const one = await record();
    writeFileSync(join(capturesDir, 'archive', buffer(one)), '');
    await archived(one);
    const fs = {
      ...nodeFileSystem(),
      unlink: async (file: string) => {
        // As another program sees it at this moment.
        expect(sessionsIn(path)).toEqual([one]);
        throw new Error(`the power is gone at ${file}`);
      },
    };
    await expect(removed([one], { fs })).rejects.toThrow('the power is gone');
    expect(sessionsIn(path)).toEqual([one]);
    expect(countsIn(path)).toEqual(countsIn(archive));
  });
});

describe('a session stays', () => {
  const why = async (session: string) => (await removed([session])).kept[0]?.why;

  it('when one value of it is another in the archive', async () => {
    const one = await record();
    await archived(one);
    const db = new SqliteDatabase(archive);
    db.exec('UPDATE measurements SET value = value + 0.01 WHERE seq = 2');
    db.close();
    expect(await why(one)).toContain('measurements');
    expect(sessionsIn(path)).toEqual([one]);
  });

  it('when it got a note after it was archived', async () => {
    const one = await record();
    await archived(one);
    const db = new SqliteDatabase(path);
    db.exec(`INSERT INTO annotations (session_id, at_ms, text) SELECT id, 1, '!' FROM sessions`);
    db.close();
    expect(await why(one)).toContain('annotations');
  });

  it('while a note about it is in the journal alone, and goes with it when it is not', async () => {
    const one = await record();
    const note = { session: one, author: 'Ada', note: 'new buffer solution' };
    const options = { databasePath: path, clock: systemClock, log: silentLog };
    const holder = await holdDatabase(path, 'BEGIN IMMEDIATE');
    expect(await annotate(note, { ...options, busyTimeoutMs: 10 })).toMatchObject({
      stored: false,
    });
    await holder.release();
    await archived(one);
    expect(await why(one)).toContain('not in the database yet');

    await annotate(note, options);
    await nodeFileSystem().unlink(archive);
    await archived(one);
    expect((await removed([one])).removed).toEqual([one]);
    expect(rowsIn(archive, "SELECT 1 FROM annotations WHERE author = 'Ada'")).toHaveLength(2);
    // The next note brings in all of the journal: nothing of a session that is gone.
    await annotate({ ...note, session: await record() }, options);
    expect(sessionsIn(path)).not.toContain(one);
  });

  it('when it was opened again', async () => {
    const made = new MadeSession();
    await store.commit({ lines: linesOf(made.start(), made.measurement(1)), recovered: false });
    await store.reconcileSessions('bench-1', []);
    await archived(made.session);
    await store.reconcileSessions('bench-1', [made.session]);
    expect(await why(made.session)).toBe('is open again');
  });

  it('while records of it are on their way', async () => {
    const one = await record();
    await archived(one);
    const buffer = join(capturesDir, bufferFileName(one, 'run', 1));
    writeFileSync(buffer, '');
    expect(await why(one)).toContain('captures');
    await nodeFileSystem().unlink(buffer);
    writeFileSync(join(spoolDir, 'bench-1', `session_${one}_000000_spool.jsonl`), '');
    expect(await why(one)).toContain('spool');
  });

  it("while a buffer of the predecessor lies there that may be its, and others don't", async () => {
    const [old, one] = [
      await record(new MadeSession('1', 'legacy-14-2026-03-01')),
      await record(new MadeSession()),
    ];
    writeFileSync(join(capturesDir, 'archive', 'session_14_buffer.jsonl.gz'), '');
    await archived(old, one);
    const { removed: gone, kept } = await removed([old, one]);
    expect(gone).toEqual([one]);
    expect(kept).toMatchObject([{ session: old }]);
  });
});

it('removes nothing while a rebuild is owed', async () => {
  const one = await record();
  await archived(one);
  writeFileSync(`${path}.rebuild-owed`, 'damaged');
  await expect(removed([one])).rejects.toMatchObject({ code: 'rebuild_refused' });
  expect(sessionsIn(path)).toEqual([one]);
});

it('lets a writer commit between two sessions', async () => {
  const sessions = [];
  for (let n = 0; n < 5; n++) sessions.push(await record());
  await archived(...sessions);
  const made = new MadeSession();
  let seq = 0;
  const onProgress = () => {
    const record = seq === 0 ? made.start() : made.measurement(seq);
    seq++;
    void store.commit({ lines: linesOf(record), recovered: false });
  };
  expect((await removed(sessions, { onProgress })).removed).toHaveLength(5);
  expect(sessionsIn(path)).toEqual([made.session]);
  expect(rowsIn(path, 'SELECT * FROM measurements')).toHaveLength(4);
});

it('a database that an older version left is to be brought up to date first', async () => {
  const one = await record();
  const db = new SqliteDatabase(path);
  db.pragma('user_version = 2');
  db.close();
  await expect(archived(one)).rejects.toMatchObject({ code: 'store_too_old' });
  expect(existsSync(archive)).toBe(false);
});

it('told to stop, it leaves no archive', async () => {
  const one = await record();
  const signal = AbortSignal.abort();
  expect(await archiveSessions({ from: path, to: archive, sessions: [one], signal })).toBe(false);
  expect(existsSync(archive)).toBe(false);
});

it('an archive of what is not there is refused, and nothing left of it', async () => {
  await record();
  await expect(archived('nobody')).rejects.toMatchObject({ code: 'copy_differs' });
  expect(existsSync(archive)).toBe(false);
});
