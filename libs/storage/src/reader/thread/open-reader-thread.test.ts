import {
  existsSync,
  readdirSync,
  readlinkSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import { holdDatabase } from '../../store/testing/lock-holder.js';
import { MadeSession } from '../../store/testing/made-session.js';
import { codeOf, scratchDirectory } from '../../store/testing/scratch.js';
import { sourceThreadEntry } from '../../store/testing/source-thread-entry.js';
import { MadeDatabase, measurementOf } from '../testing/made-readings.js';
import {
  openReaderThread,
  type ReaderThread,
  type ReaderThreadOptions,
} from './open-reader-thread.js';

// A thread has to load its modules first, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const START = Date.UTC(2026, 2, 1, 8);
const sources = scratchDirectory();
let sourceEntry: URL;
beforeAll(() => {
  sourceEntry = sourceThreadEntry(sources.path, new URL('./reader-thread.ts', import.meta.url));
});
afterAll(() => sources.remove());

let scratch: ReturnType<typeof scratchDirectory>;
let database: MadeDatabase;
const opened: ReaderThread[] = [];

beforeEach(() => {
  scratch = scratchDirectory();
  database = new MadeDatabase();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((reader) => reader.close()));
  await database.close();
  scratch.remove();
});

function open(options: Partial<ReaderThreadOptions> = {}): ReaderThread {
  const reader = openReaderThread({
    path: database.path,
    log: silentLog,
    busyTimeoutMs: 50,
    entry: sourceEntry,
    ...options,
  });
  opened.push(reader);
  return reader;
}

async function record(count: number): Promise<string> {
  const made = new MadeSession();
  const readings = Array.from({ length: count }, (_, i) =>
    measurementOf(made, i + 1, { at: START + i * 1_000, value: i }),
  );
  return await database.add(made, [made.start(), ...readings, made.event(count + 1)]);
}

/** A thread that does as `script` says; `port` is its way home. */
function oddThread(script: string): URL {
  const entry = join(scratch.path, 'odd.mjs');
  writeFileSync(entry, `import { parentPort as port } from 'node:worker_threads';\n${script}`);
  return pathToFileURL(entry);
}

async function pages<T>(all: AsyncIterable<readonly T[]>): Promise<(readonly T[])[]> {
  const found: (readonly T[])[] = [];
  for await (const page of all) found.push(page);
  return found;
}

it('answers every question as the reader itself does', async () => {
  const session = await record(2_500);
  const event = {
    level: 'info',
    category: 'recovery',
    message: 'Recovered',
    payload: { n: 1 },
  } as const;
  await database.store.recordEvent({ ...event, key: 'k', session, at: '2026-03-01T09:00:00.000Z' });
  const { reader } = database;
  const thread = open();
  const range = { after: 10, upTo: 2_400 };
  expect(await thread.sessions({ text: 'cx' })).toEqual(reader.sessions({ text: 'cx' }));
  expect(await thread.session(session)).toEqual(reader.session(session));
  expect(await thread.session('unknown')).toBeUndefined();
  expect(await thread.sessionsBeginning('', 1)).toEqual(reader.sessionsBeginning('', 1));
  expect(await thread.extent(session)).toEqual(reader.extent(session));
  for (const points of [100, 10_000]) {
    expect(await thread.curve(session, { points })).toEqual(reader.curve(session, { points }));
    expect(await thread.recent('bench-1', START, points)).toEqual(
      reader.recent('bench-1', START, points),
    );
  }
  expect(await thread.statistics(session)).toEqual(reader.statistics(session));
  expect(await thread.units(session)).toEqual(reader.units(session));
  expect(await thread.countReadings(session, range)).toBe(2_390);
  expect(await thread.lastReading(session)).toEqual(reader.lastReading(session));
  expect(await thread.lastReading('unknown')).toBeUndefined();
  expect(await thread.metadata(session)).toEqual(reader.metadata(session));
  expect(await thread.annotations(session)).toEqual(reader.annotations(session));
  expect(await thread.events(session)).toEqual(reader.events(session));
  expect(await thread.events(session, 1)).toHaveLength(1);
  expect(await thread.lastEvent('recovery')).toEqual(reader.lastEvent('recovery'));
  expect(await thread.lastEvents('recovery', 5)).toEqual(reader.lastEvents('recovery', 5));
  expect(await pages(thread.readings(session, range))).toEqual([
    ...reader.readings(session, range),
  ]);
});

it('reads a page when it is asked for, and nothing for whoever has stopped asking', async () => {
  const session = await record(4_100);
  const thread = open();
  const readings = thread.readings(session);
  expect((await readings.next()).value).toHaveLength(2_000);
  // What is recorded meanwhile belongs to what is read later: nothing was read ahead.
  const made = new MadeSession('00411/25', session);
  await database.add(made, [measurementOf(made, 4_102, { at: START, value: 1 })]);
  expect((await readings.next()).value).toHaveLength(2_000);
  expect((await readings.next()).value).toHaveLength(101);
  expect((await readings.next()).done).toBe(true);
  for await (const page of thread.readings(session)) {
    expect(page).toHaveLength(2_000);
    break;
  }
});

it('holds no transaction open between two questions', async () => {
  const session = await record(4_500);
  const thread = open();
  const readings = thread.readings(session);
  await readings.next();
  await thread.curve(session, { points: 100 });
  await thread.statistics(session);
  const more = new MadeSession();
  await database.add(more, [more.start()]);
  expect(await database.store.checkpoint()).toBe(true);
});

describe('a database that is not there', () => {
  it('is a question that fails, until it is', async () => {
    const path = join(scratch.path, 'later.sqlite');
    const thread = open({ path });
    expect(await codeOf(() => thread.sessions())).toBe('store_missing');
    await expect(thread.curve('x', { points: 5 })).rejects.toThrow(path);
    expect(await codeOf(() => thread.readings('x').next())).toBe('store_missing');
    await record(1);
    await database.store.checkpoint();
    renameSync(database.path, path);
    expect(await thread.sessions()).toHaveLength(1);
  });

  it('is read when a recovery has put it in the place of a damaged one', async () => {
    const damaged = await record(1);
    const thread = open();
    expect((await thread.sessions())[0]?.session_uid).toBe(damaged);
    const { path } = database;
    for (const suffix of ['-wal', '-shm', ''])
      renameSync(path + suffix, `${path}.damaged${suffix}`);
    const rebuilt = new MadeDatabase();
    try {
      const session = await rebuilt.record([{ at: START, value: 1 }]);
      await rebuilt.store.checkpoint();
      renameSync(rebuilt.path, path);
      await expect
        .poll(async () => (await thread.sessions())[0]?.session_uid, { timeout: 10_000 })
        .toBe(session);
    } finally {
      await rebuilt.close();
    }
  });
});

describe('a thread that dies', () => {
  it.each([
    ['throws', "port.on('message', () => { throw new Error('out of luck'); });", 'out of luck'],
    ['ends', "port.on('message', () => process.exit(3));", 'has ended'],
    ['has no file', undefined, 'missing.mjs'],
    [
      'takes too much memory',
      "const all = []; port.on('message', () => { for (;;) all.push(new Array(1e5).fill(all.length + 0.5)); });",
      'memory',
    ],
  ])('because it %s: rejects what was asked, and says so', async (_, script, reason) => {
    const warn = vi.fn();
    const entry =
      script === undefined ? pathToFileURL(join(scratch.path, 'missing.mjs')) : oddThread(script);
    const thread = open({ entry, memoryMb: 32, log: { ...silentLog, warn } });
    const asked = [thread.sessions(), thread.lastEvent('x'), thread.readings('x').next()];
    const codes = await Promise.all(asked.map((question) => codeOf(() => question)));
    expect(codes).toEqual(['store_stopped', 'store_stopped', 'store_stopped']);
    await expect(asked[0]).rejects.toThrow(reason);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('is followed by another as soon as something is asked again', async () => {
    const mark = join(scratch.path, 'mark');
    const entry = oddThread(`
      import { existsSync, writeFileSync } from 'node:fs';
      if (existsSync(${JSON.stringify(mark)})) await import(${JSON.stringify(sourceEntry.href)});
      else {
        writeFileSync(${JSON.stringify(mark)}, '');
        port.on('message', () => process.exit(1));
      }`);
    await record(1);
    const thread = open({ entry });
    expect(await codeOf(() => thread.sessions())).toBe('store_stopped');
    expect(existsSync(mark)).toBe(true);
    expect(await thread.sessions()).toHaveLength(1);
  });
});

describe('closing', () => {
  it('rejects what is asked and what comes, and lets go of the database', async () => {
    const session = await record(1);
    // A process closes no file before it has let go of all its locks on it.
    await database.store.close();
    const thread = open();
    await thread.session(session);
    const waiting = codeOf(() => thread.statistics(session));
    await thread.close();
    expect(await waiting).toBe('store_stopped');
    expect(await codeOf(() => thread.sessions())).toBe('store_stopped');
    await thread.close();
    const files = readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return [];
      }
    });
    expect(files.filter((file) => file.startsWith(database.path))).toEqual([]);
  });

  it('in the middle of a question leaves no transaction open', async () => {
    const session = await record(30_000);
    const thread = open();
    await thread.session(session);
    const waiting = codeOf(() => thread.statistics(session));
    await new Promise((resolve) => setImmediate(resolve));
    await thread.close();
    expect(await waiting).toBe('store_stopped');
    const more = new MadeSession();
    await database.add(more, [more.start()]);
    expect(await database.store.checkpoint()).toBe(true);
  });

  it('is done at once when nothing was ever asked', async () => {
    await open({ entry: oddThread('for (;;);') }).close();
  });

  it('tells a thread that is at work', async () => {
    const mark = join(scratch.path, 'mark');
    const entry = oddThread(`
      import { writeFileSync } from 'node:fs';
      import { workerData } from 'node:worker_threads';
      const sign = new Int32Array(workerData.stop);
      port.on('message', () => {
        port.postMessage({ id: 1, result: [] });
        while (Atomics.load(sign, 0) === 0);
        writeFileSync(${JSON.stringify(mark)}, '');
        port.close();
      });`);
    const thread = open({ entry });
    await thread.sessions();
    await thread.close();
    expect(existsSync(mark)).toBe(true);
  });

  it('ends work that has no end', async () => {
    const beat = join(scratch.path, 'beat');
    const entry = oddThread(`
      import { writeFileSync } from 'node:fs';
      port.on('message', () => {
        port.postMessage({ id: 1, result: [] });
        for (let i = 0; ; i++) writeFileSync(${JSON.stringify(beat)}, String(i));
      });`);
    const thread = open({ entry });
    await thread.sessions();
    await thread.close();
    const lastBeat = () => statSync(beat).mtimeMs;
    await expect
      .poll(async () => {
        const before = lastBeat();
        await new Promise((resolve) => setTimeout(resolve, 300));
        return lastBeat() === before;
      })
      .toBe(true);
  });

  it('waits for a statement that waits for a lock: it would end the process to end that one', async () => {
    await record(1);
    await database.store.close();
    const holder = await holdDatabase(
      database.path,
      'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM annotations',
    );
    try {
      const thread = open({ busyTimeoutMs: 3_000 });
      const waiting = codeOf(() => thread.sessions());
      // It is at it when it has answered nothing for as long as it takes to load.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await thread.close();
      expect(await waiting).toBe('store_stopped');
    } finally {
      await holder.release();
    }
  });
});
