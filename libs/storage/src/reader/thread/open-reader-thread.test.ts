import { renameSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MadeSession } from '../../store/testing/made-session.js';
import { codeOf } from '../../store/testing/scratch.js';
import { MadeDatabase, measurementOf } from '../testing/made-readings.js';
import { MadeThreads, START } from '../testing/made-threads.js';

// A thread has to load its modules first, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let threads: MadeThreads;
beforeEach(() => {
  threads = new MadeThreads();
});
afterEach(() => threads.close());

async function pages<T>(all: AsyncIterable<readonly T[]>): Promise<(readonly T[])[]> {
  const found: (readonly T[])[] = [];
  for await (const page of all) found.push(page);
  return found;
}

it('answers every question as the reader itself does', async () => {
  const session = await threads.record(2_500);
  const event = {
    level: 'info',
    category: 'recovery',
    message: 'Recovered',
    payload: { n: 1 },
  } as const;
  await threads.database.store.recordEvent({
    ...event,
    key: 'k',
    session,
    at: '2026-03-01T09:00:00.000Z',
  });
  const { reader } = threads.database;
  const thread = threads.open();
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
  const session = await threads.record(4_100);
  const thread = threads.open();
  const readings = thread.readings(session);
  expect((await readings.next()).value).toHaveLength(2_000);
  // What is recorded meanwhile belongs to what is read later: nothing was read ahead.
  const made = new MadeSession('00411/25', session);
  await threads.database.add(made, [measurementOf(made, 4_102, { at: START, value: 1 })]);
  expect((await readings.next()).value).toHaveLength(2_000);
  expect((await readings.next()).value).toHaveLength(101);
  expect((await readings.next()).done).toBe(true);
  for await (const page of thread.readings(session)) {
    expect(page).toHaveLength(2_000);
    break;
  }
});

it('holds no transaction open between two questions', async () => {
  const session = await threads.record(4_500);
  const thread = threads.open();
  const readings = thread.readings(session);
  await readings.next();
  await thread.curve(session, { points: 100 });
  await thread.statistics(session);
  const more = new MadeSession();
  await threads.database.add(more, [more.start()]);
  expect(await threads.database.store.checkpoint()).toBe(true);
});

describe('a database that is not there', () => {
  it('is a question that fails, until it is', async () => {
    const path = threads.file('later.sqlite');
    const thread = threads.open({ path });
    expect(await codeOf(() => thread.sessions())).toBe('store_missing');
    await expect(thread.curve('x', { points: 5 })).rejects.toThrow(path);
    expect(await codeOf(() => thread.readings('x').next())).toBe('store_missing');
    await threads.record(1);
    await threads.database.store.checkpoint();
    renameSync(threads.database.path, path);
    expect(await thread.sessions()).toHaveLength(1);
  });

  it('is read when a recovery has put it in the place of a damaged one', async () => {
    const damaged = await threads.record(1);
    const thread = threads.open();
    expect((await thread.sessions())[0]?.session_uid).toBe(damaged);
    const { path } = threads.database;
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
