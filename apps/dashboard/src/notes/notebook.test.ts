/** Notes in a real database, written in a real thread (as it was built). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encodeRecord, silentLog, systemClock } from '@elmetron/protocol';
import { NotesJournal, openSqliteStore, StoreReader } from '@elmetron/storage';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { measurement, SESSION, sessionStart } from '../testing/made-records.js';
import { BEGAN } from '../testing/owned-clock.js';
import { Notebook, noteThreadEntry } from './notebook.js';

let dir: string;
let path: string;
let notebook: Notebook;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'elmetron-notes-'));
  path = join(dir, 'elmetron.sqlite');
  const store = openSqliteStore({ path, busyTimeoutMs: 1_000, clock: systemClock, log: silentLog });
  const lines = [sessionStart(), measurement(1)].map(
    (record) => `${encodeRecord(record).toString()}\n`,
  );
  await store.commit({ lines: Buffer.from(lines.join('')), recovered: false });
  await store.close();
  notebook = new Notebook({ entry: noteThreadEntry, log: silentLog, retryMs: 100 });
});
afterEach(async () => {
  await notebook.close();
  rmSync(dir, { recursive: true });
});

const say = (note: string) => notebook.write(path, { session: SESSION, author: 'Ada', note });

function stored(): string[] {
  const reader = StoreReader.open(path);
  try {
    return reader.annotations(SESSION).map(({ text }) => text);
  } finally {
    reader.close();
  }
}

it('is in journal and database when it is answered', async () => {
  const said = { session: SESSION, author: null, note: 'pH 7 buffer', at: BEGAN };
  expect(await notebook.write(path, said)).toEqual({
    at: new Date(BEGAN).toISOString(),
    stored: true,
    reason: null,
  });
  expect(stored()).toEqual(['pH 7 buffer']);
  expect((await new NotesJournal(path).read()).annotations).toHaveLength(1);
});

it('several at once are written one after another, in their order', async () => {
  const notes = ['one', 'two', 'three'];
  await Promise.all(notes.map(say));
  expect(stored()).toEqual(notes);
});

/** Another program that holds the database; ended by what is returned. */
async function held(): Promise<() => Promise<void>> {
  const script = `
    const db = new (require('better-sqlite3'))(${JSON.stringify(path)});
    db.exec('BEGIN IMMEDIATE');
    console.log('held');
    process.stdin.resume();
    process.stdin.on('end', () => process.exit());
  `;
  const holder = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  return async () => {
    holder.stdin.end();
    await once(holder, 'exit');
  };
}

/** Without another note being written. */
const comeIn = (notes: readonly string[]) =>
  vi.waitFor(
    () => {
      expect(stored()).toEqual(notes);
    },
    { timeout: 15_000, interval: 100 },
  );

describe('a database that another program holds', () => {
  it('costs a second, and this process nothing', async () => {
    const release = await held();
    // The longest time that this process was held up.
    let worst = 0;
    let last = performance.now();
    const pulse = setInterval(() => {
      worst = Math.max(worst, performance.now() - last);
      last = performance.now();
    }, 5);
    try {
      const noted = await say('patient');
      expect(noted).toMatchObject({ stored: false, reason: expect.stringContaining('held') });
    } finally {
      clearInterval(pulse);
      await release();
    }
    expect(worst).toBeLessThan(800);
  });

  it('takes what stayed behind as soon as nobody holds it any more', async () => {
    const release = await held();
    const notes = ['one', 'two', 'three'];
    for (const note of notes) expect(await say(note)).toMatchObject({ stored: false });
    await release();
    await comeIn(notes);
  });

  it('takes it also from an earlier life of this process', async () => {
    const release = await held();
    await say('before');
    await notebook.close();
    await release();
    const next = new Notebook({ entry: noteThreadEntry, log: silentLog, retryMs: 10 });
    await next.start([path, join(dir, 'none.sqlite')]);
    try {
      await comeIn(['before']);
    } finally {
      await next.close();
    }
    expect(existsSync(join(dir, 'none.sqlite'))).toBe(false);
  });
});

it('what cannot be made durable is not said to be', async () => {
  mkdirSync(new NotesJournal(path).path);
  await expect(say('lost')).rejects.toMatchObject({ code: 'note_not_kept' });
  expect(stored()).toEqual([]);
});

it('a thread that ends without a word is no note; the next one is', async () => {
  const broken = join(dir, 'broken.mjs');
  writeFileSync(broken, 'process.exit(0);');
  const other = new Notebook({ entry: pathToFileURL(broken), log: silentLog });
  const said = { session: SESSION, author: null, note: 'x' };
  await expect(other.write(path, said)).rejects.toThrow('without a word');
  await expect(other.write(path, said)).rejects.toThrow('without a word');
  await expect(say('next')).resolves.toMatchObject({ stored: true });
});

it('no more wait than there may be', async () => {
  const idle = join(dir, 'idle.mjs');
  writeFileSync(idle, "import { setTimeout } from 'node:timers/promises'; await setTimeout(500);");
  const other = new Notebook({ entry: pathToFileURL(idle), log: silentLog });
  const said = { session: SESSION, author: null, note: 'x' };
  const waiting = Array.from({ length: 20 }, () => other.write(path, said).catch(() => 'over'));
  await expect(other.write(path, said)).rejects.toMatchObject({ code: 'busy' });
  expect(waiting).toHaveLength(20);
});
