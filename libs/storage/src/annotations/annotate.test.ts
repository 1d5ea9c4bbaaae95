import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chownSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog, systemClock } from '@elmetron/protocol';
import { StoreReader } from '../reader/index.js';
import { openSqliteStore } from '../store/sqlite-store.js';
import { holdDatabase } from '../store/testing/lock-holder.js';
import { linesOf, MadeSession } from '../store/testing/made-session.js';
import { scratchDirectory } from '../store/testing/scratch.js';
import { annotate, bringJournal, type Said } from './annotate.js';
import { annotationLine, readAnnotationLine } from './annotation.js';
import { NotesJournal } from './notes-journal.js';

const made = new MadeSession();
let scratch: ReturnType<typeof scratchDirectory>;
let path: string;
beforeEach(async () => {
  scratch = scratchDirectory();
  path = join(scratch.path, 'elmetron.sqlite');
  const store = openSqliteStore({ path, busyTimeoutMs: 20, clock: systemClock, log: silentLog });
  await store.commit({ lines: linesOf(made.start(), made.measurement(1)), recovered: false });
  await store.close();
});
afterEach(() => scratch.remove());

const say = (said: Omit<Said, 'session' | 'author'>, busyTimeoutMs = 20) =>
  annotate(
    { session: made.session, author: 'Ada', ...said },
    { databasePath: path, busyTimeoutMs, clock: systemClock, log: silentLog },
  );

function read<T>(look: (reader: StoreReader) => T): T {
  const reader = StoreReader.open(path);
  try {
    return look(reader);
  } finally {
    reader.close();
  }
}
const notes = () => read((reader) => reader.annotations(made.session).map(({ text }) => text));

describe('what a person says', () => {
  it('is in the journal and in the database', async () => {
    const at = Date.UTC(2026, 2, 1, 9);
    expect(await say({ note: 'new buffer solution', at })).toMatchObject({ stored: true });
    expect(read((reader) => reader.annotations(made.session))).toMatchObject([
      { at: '2026-03-01T09:00:00.000Z', author: 'Ada', key: null, text: 'new buffer solution' },
    ]);
    const { annotations } = await new NotesJournal(path).read();
    expect(annotations).toMatchObject([{ session: made.session, text: 'new buffer solution' }]);
  });

  it('is for the user of the directory, when root says it first', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root can give a file away');
    chownSync(scratch.path, 65534, 65534);
    await say({ note: 'one' });
    const { uid, gid } = statSync(new NotesJournal(path).path);
    expect([uid, gid]).toEqual([65534, 65534]);
  });

  it('of a key the last word holds, over what the source said, and can be taken back', async () => {
    const known = () => read((reader) => reader.metadata(made.session));
    expect(known()).toEqual({ operator: 'Ada', batch: 7 });
    await say({ key: 'operator', value: 'Grace' });
    await say({ key: 'sample', value: 12 });
    expect(known()).toEqual({ operator: 'Grace', batch: 7, sample: 12 });
    await say({ key: 'batch', value: null });
    expect(known()).toEqual({ operator: 'Grace', sample: 12 });
  });

  it('waits for a program that holds the database', async () => {
    // Waiting for a lock stops this process: whoever holds it has to let go by itself.
    const script = `
      const db = new (require('better-sqlite3'))(${JSON.stringify(path)});
      db.exec('BEGIN IMMEDIATE');
      console.log('held');
      setTimeout(() => process.exit(), 500);
    `;
    const holder = spawn(process.execPath, ['-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    const saying = say({ note: 'patient' }, 20_000);
    expect(await saying).toMatchObject({ stored: true });
  });

  it('is kept although the database is held for too long, and comes into it with the next', async () => {
    const holder = await holdDatabase(path, 'BEGIN IMMEDIATE');
    const first = await say({ note: 'first' });
    expect(first).toMatchObject({ stored: false });
    expect(first.reason).toContain('held by another program');
    await holder.release();
    expect(notes()).toEqual([]);
    await say({ note: 'second' });
    expect(notes()).toEqual(['first', 'second']);
  });
});

describe('what stayed behind', () => {
  const bring = () =>
    bringJournal({ databasePath: path, busyTimeoutMs: 20, clock: systemClock, log: silentLog });

  it('is brought into the database without another note', async () => {
    const holder = await holdDatabase(path, 'BEGIN IMMEDIATE');
    await say({ note: 'first' });
    await say({ note: 'second' });
    expect(await bring()).toContain('held by another program');
    await holder.release();
    expect(notes()).toEqual([]);
    expect(await bring()).toBeNull();
    expect(await bring()).toBeNull();
    expect(notes()).toEqual(['first', 'second']);
  });

  it('of a database that is not there makes none', async () => {
    await say({ note: 'first' });
    rmSync(path);
    expect(await bring()).toBeNull();
    expect(existsSync(path)).toBe(false);
  });
});

it('of a session that is not there is in the journal alone, and it says so', async () => {
  const said = { session: new MadeSession().session, author: null, note: 'late' };
  const options = { databasePath: path, clock: systemClock, log: silentLog };
  expect(await annotate(said, options)).toMatchObject({
    stored: false,
    reason: expect.stringContaining('not in') as string,
  });
  expect((await new NotesJournal(path).read()).annotations).toHaveLength(1);
});

describe('the journal', () => {
  it('goes on behind a write that was cut, and loses nothing else', async () => {
    await say({ note: 'one' });
    await say({ note: 'two' });
    const journal = new NotesJournal(path);
    truncateSync(journal.path, readFileSync(journal.path).length - 10);
    await say({ note: 'three' });
    const { annotations, unreadable } = await journal.read();
    expect(annotations.map(({ text }) => text)).toEqual(['one', 'three']);
    expect(unreadable).toBe(1);
    // The database had it before.
    expect(notes()).toEqual(['one', 'two', 'three']);
  });

  it('two who write at once do not get into each other', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, i) => say({ note: `${i}` }, 10_000)));
    const { annotations, unreadable } = await new NotesJournal(path).read();
    expect(unreadable).toBe(0);
    expect(new Set(annotations.map(({ text }) => text)).size).toBe(12);
    expect(notes()).toHaveLength(12);
  });

  it('takes no changed byte for what was written', async () => {
    const { annotation } = await say({ note: 'pH 7.01' });
    const line = annotationLine(annotation);
    expect(readAnnotationLine(line)).toEqual(annotation);
    expect(readAnnotationLine(line.replace('7.01', '7.07'))).toBeUndefined();
    appendFileSync(new NotesJournal(path).path, 'not a line of ours\n');
    expect((await new NotesJournal(path).read()).unreadable).toBe(1);
  });
});
