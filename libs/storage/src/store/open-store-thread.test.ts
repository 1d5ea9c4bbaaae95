import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { silentLog, type Log } from '@elmetron/protocol';
import { openStoreThread } from './open-store-thread.js';
import type { Store } from './store.js';
import { holdDatabase } from './testing/lock-holder.js';
import { at, linesOf, MadeSession } from './testing/made-session.js';
import { codeOf, rowsIn, scratchDirectory } from './testing/scratch.js';
import { sourceThreadEntry } from './testing/source-thread-entry.js';

// A thread has to load its modules first, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const sources = scratchDirectory();
let sourceEntry: URL;
beforeAll(() => {
  sourceEntry = sourceThreadEntry(sources.path);
});
afterAll(() => sources.remove());

let scratch: ReturnType<typeof scratchDirectory>;
let path: string;
const opened: Store[] = [];

beforeEach(() => {
  scratch = scratchDirectory();
  path = join(scratch.path, 'elmetron.sqlite');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  scratch.remove();
});

async function open(entry = sourceEntry, log: Log = silentLog) {
  const store = await openStoreThread({ path, busyTimeoutMs: 50, entry, log });
  opened.push(store);
  return store;
}

/** A thread that opens and then does as `script` says; `port` is its way home. */
function oddThread(script: string): URL {
  const entry = join(scratch.path, 'odd.mjs');
  writeFileSync(
    entry,
    `import { parentPort as port } from 'node:worker_threads';
     port.postMessage({ kind: 'opened' });
     ${script}`,
  );
  return pathToFileURL(entry);
}

it('answers every call as the store itself does, and ends when it is closed', async () => {
  const store = await open();
  const made = new MadeSession();
  const legacy = new MadeSession('00412/25', 'legacy-14-2025-09-26');
  const holed = new MadeSession();
  const lines = linesOf(...made.whole(30));
  expect(await store.commit({ lines, recovered: true })).toMatchObject({ inserted: 32 });
  // The caller's bytes are still the caller's: a commit that fails is tried again with them.
  expect(lines).toEqual(linesOf(...made.whole(30)));
  expect(await store.commit({ lines, recovered: false })).toMatchObject({ replayed: 32 });

  const other = linesOf(made.measurement(2, { elapsed_ms: 1 }));
  const { conflicts } = await store.commit({ lines: other, recovered: false });
  expect(Buffer.from(conflicts[0]!.line)).toEqual(other.subarray(0, -1));

  const imported = await store.importLegacy({
    session: legacy.session,
    start: linesOf(legacy.start()).subarray(0, -1),
    lines: [1, 2].map((seq) => linesOf(legacy.measurement(seq)).subarray(0, -1)),
    occurrence: [1, 1],
  });
  expect(imported).toMatchObject({ insertedMeasurements: 2 });
  await store.recordEvent({
    key: 'k',
    at: at(0),
    level: 'info',
    category: 'c',
    message: 'm',
    payload: {},
  });
  expect(await store.reconcileSessions('bench-1', [])).toEqual([legacy.session]);
  expect(await store.sessionState(made.session)).toMatchObject({ complete: true });
  expect(await store.sessionState('unknown')).toBeUndefined();
  await store.commit({ lines: linesOf(holed.start(), holed.end(3)), recovered: false });
  expect(await store.unexplainedHoles('bench-1', [])).toEqual([
    { session: holed.session, missing: [{ from: 1, to: 2 }] },
  ]);
  expect(await store.unexplainedHoles('bench-1', [holed.session])).toEqual([]);
  expect(await store.checkpoint()).toBe(true);
  await store.close();
  expect(await codeOf(() => store.checkpoint())).toBe('store_stopped');
  expect(rowsIn(path, 'SELECT count(*) AS sessions FROM session_log')).toEqual([{ sessions: 3 }]);
});

it('takes lines that are a part of something larger, and leaves the rest', async () => {
  const store = await open();
  const lines = linesOf(...new MadeSession().whole(30));
  const larger = Buffer.concat([Buffer.from('before\n'), lines, Buffer.from('after')]);
  const part = larger.subarray(7, 7 + lines.length);
  expect(await store.commit({ lines: part, recovered: false })).toMatchObject({ inserted: 32 });
  expect(larger.toString()).toMatch(/^before\n[\s\S]*after$/);
});

it("brings the thread's log lines home", async () => {
  const logged: { fields: object; message: string }[] = [];
  await open(undefined, {
    ...silentLog,
    info: (fields, message) => logged.push({ fields, message }),
  });
  expect(logged).toEqual([
    { fields: expect.objectContaining({ path }) as object, message: expect.any(String) as string },
  ]);
});

it('rejects what the store rejects, under the same code, and goes on', async () => {
  const store = await open();
  const bad = { lines: Buffer.from('{}\n'), recovered: false };
  expect(await codeOf(() => store.commit(bad))).toBe('bad_line');
  const holder = await holdDatabase(path, 'BEGIN EXCLUSIVE');
  const lines = linesOf(new MadeSession().start());
  try {
    expect(await codeOf(() => store.commit({ lines, recovered: false }))).toBe('store_locked');
  } finally {
    await holder.release();
  }
  expect(await store.commit({ lines, recovered: false })).toMatchObject({ inserted: 1 });
});

it('rejects the opening as the store would', async () => {
  writeFileSync(path, 'not a database');
  expect(await codeOf(() => open())).toBe('store_foreign');
  expect(readFileSync(path, 'utf8')).toBe('not a database');
});

it('rejects the opening when there is no such thread', async () => {
  const entry = pathToFileURL(join(scratch.path, 'missing.mjs'));
  expect(await codeOf(() => open(entry))).toBe('store_stopped');
});

it.each([
  ['throws', "port.on('message', () => { throw new Error('out of luck'); });"],
  ['ends', "port.on('message', () => process.exit(3));"],
])('rejects everything when the thread %s, what waits and what comes', async (_, script) => {
  const store = await open(oddThread(script));
  const lines = linesOf(new MadeSession().start());
  const waiting = [
    store.commit({ lines, recovered: false }),
    store.sessionState('x'),
    store.checkpoint(),
  ].map((call) => codeOf(() => call));
  expect(await Promise.all(waiting)).toEqual(['store_stopped', 'store_stopped', 'store_stopped']);
  expect(await codeOf(() => store.reconcileSessions('bench-1', []))).toBe('store_stopped');
  await store.close();
});

it('lets several make one database and fill one session at the same time', async () => {
  const options = { path, busyTimeoutMs: 10_000, entry: sourceEntry, log: silentLog };
  const stores = await Promise.all([0, 1, 2].map(() => openStoreThread(options)));
  opened.push(...stores);
  const made = new MadeSession();
  const held = linesOf(...made.whole(300));
  await stores[0]!.commit({ lines: held, recovered: false });
  // A long look at what is there already, then something new: while one looks, another writes.
  const results = await Promise.all(
    stores.flatMap((store, which) =>
      Array.from({ length: 8 }, (_, round) => {
        const next = linesOf(made.event(302 + round * 3 + which));
        return store.commit({ lines: Buffer.concat([held, next]), recovered: false });
      }),
    ),
  );
  expect(results.map(({ inserted, replayed }) => [inserted, replayed])).toEqual(
    Array(24).fill([1, 302]),
  );
  const states = await Promise.all(stores.map((store) => store.sessionState(made.session)));
  expect(states.map((state) => [state?.rows, state?.complete])).toEqual(Array(3).fill([326, true]));
});
