import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase, { SqliteError } from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog, systemClock } from '@elmetron/protocol';
import { Checkpointer } from './checkpointer.js';
import { openSqliteStore } from './sqlite-store.js';
import type { Store } from './store.js';
import { holdDatabase } from './testing/lock-holder.js';
import { at, linesOf, MadeSession } from './testing/made-session.js';
import { codeOf, rowsIn, scratchDirectory } from './testing/scratch.js';

let scratch: ReturnType<typeof scratchDirectory>;
let path: string;
let store: Store;
let made: MadeSession;

beforeEach(() => {
  scratch = scratchDirectory();
  path = join(scratch.path, 'elmetron.sqlite');
  store = openSqliteStore({ path, busyTimeoutMs: 5_000, clock: systemClock, log: silentLog });
  made = new MadeSession();
});
afterEach(async () => {
  await store.close();
  scratch.remove();
});

const commit = (...seqs: number[]) =>
  store.commit({ lines: linesOf(...seqs.map((seq) => made.measurement(seq))), recovered: false });

/** How many readings the main file has by itself, its log being lost. */
let copies = 0;
function readingsWithoutLog(): unknown {
  const copy = join(scratch.path, `copy-${++copies}.sqlite`);
  copyFileSync(path, copy);
  return rowsIn(copy, 'SELECT count(*) AS readings FROM measurement_log')[0];
}

it('leaves nothing in the log that is not in the main file', async () => {
  await commit(1, 2, 3);
  expect(await store.checkpoint()).toBe(true);
  expect(readingsWithoutLog()).toEqual({ readings: 3 });
  expect(await store.checkpoint()).toBe(true);
});

it('does not wait for a reader that never ends, and says so', async () => {
  await commit(1);
  const reader = new SqliteDatabase(path);
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM measurements').get();
  await commit(2);
  const began = performance.now();
  expect(await store.checkpoint()).toBe(false);
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(await commit(3)).toMatchObject({ inserted: 1 });
  reader.exec('COMMIT');
  expect(await store.checkpoint()).toBe(true);
  expect(readingsWithoutLog()).toEqual({ readings: 3 });
  reader.close();
});

it('does not say done while another process writes', async () => {
  await commit(1);
  const holder = await holdDatabase(path, 'BEGIN IMMEDIATE');
  try {
    const began = performance.now();
    expect(await store.checkpoint()).toBe(false);
    expect(performance.now() - began).toBeLessThan(2_000);
  } finally {
    await holder.release();
  }
  expect(await store.checkpoint()).toBe(true);
});

it('waits for a lock as long as before afterwards', async () => {
  const db = new SqliteDatabase(path, { timeout: 1_234 });
  const checkpointer = new Checkpointer({ db, path, busyTimeoutMs: 1_234, log: silentLog });
  expect(checkpointer.complete()).toBe(true);
  expect(db.pragma('busy_timeout', { simple: true })).toBe(1_234);
  db.close();
});

it('keeps the log short without being asked', async () => {
  const payload = { bytes: 'x'.repeat(600_000) };
  // 150 pages each.
  for (let n = 0; n < 60; n++) {
    await store.recordEvent({
      key: `event ${n}`,
      at: at(n),
      level: 'info',
      category: 'c',
      message: 'm',
      payload,
    });
  }
  const [log] = rowsIn(path, 'PRAGMA wal_checkpoint(NOOP)') as { log: number }[];
  expect(log!.log).toBeLessThan(4_500);
});

it('never says done again after a sync that failed', async () => {
  const said: string[] = [];
  let fails = true;
  const db = {
    pragma: (source: string) => {
      said.push(source);
      if (fails && /FULL|PASSIVE/.test(source)) {
        throw new SqliteError('disk I/O error', 'SQLITE_IOERR_FSYNC');
      }
      return [{ busy: 0, log: 5_000, checkpointed: fails ? 0 : 5_000 }];
    },
  };
  const options = { db, path, busyTimeoutMs: 5, log: silentLog };

  const asked = new Checkpointer(options);
  expect(await codeOf(() => asked.complete())).toBe('sync_failed');
  fails = false;
  expect(await codeOf(() => asked.complete())).toBe('sync_failed');

  // Also when it was nobody's question but its own tidying up.
  fails = true;
  const tidying = new Checkpointer(options);
  tidying.keepShort();
  fails = false;
  expect(await codeOf(() => tidying.complete())).toBe('sync_failed');
  expect(said.at(-1)).toBe('wal_checkpoint(PASSIVE)');
});
