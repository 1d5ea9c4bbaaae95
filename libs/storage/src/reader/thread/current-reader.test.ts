import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog, systemClock } from '@elmetron/protocol';
import { StorageError } from '../../errors.js';
import { openSqliteStore } from '../../store/sqlite-store.js';
import type { Store } from '../../store/store.js';
import { linesOf, MadeSession } from '../../store/testing/made-session.js';
import { codeOf, scratchDirectory } from '../../store/testing/scratch.js';
import { CurrentReader } from './current-reader.js';

let scratch: ReturnType<typeof scratchDirectory>;
let path: string;
let now = 0;
let current: CurrentReader;
const stores: Store[] = [];

beforeEach(() => {
  scratch = scratchDirectory();
  path = join(scratch.path, 'elmetron.sqlite');
  current = new CurrentReader({ path, busyTimeoutMs: 50, now: () => now });
});
afterEach(async () => {
  current.close();
  for (const store of stores.splice(0)) await store.close();
  scratch.remove();
});

/** A database with one session; the writer stays at work. */
async function write(): Promise<{ readonly store: Store; readonly session: string }> {
  const store = openSqliteStore({ path, busyTimeoutMs: 50, clock: systemClock, log: silentLog });
  stores.push(store);
  const made = new MadeSession();
  await store.commit({ lines: linesOf(made.start(), made.measurement(1)), recovered: false });
  return { store, session: made.session };
}

const sessions = () =>
  current.use((reader) => reader.sessions().map(({ session_uid }) => session_uid));

/** As a recovery does: the log first. */
function moveAside(): void {
  for (const suffix of ['-wal', '-shm', '']) {
    renameSync(path + suffix, `${path}.damaged${suffix}`);
  }
}

it('has nothing as long as there is no database, and all of it as soon as there is', async () => {
  expect(await codeOf(sessions)).toBe('store_missing');
  expect(await codeOf(sessions)).toBe('store_missing');
  const { session } = await write();
  expect(sessions()).toEqual([session]);
});

describe('another database under the same name', () => {
  it('is read after a second at the latest', async () => {
    const first = await write();
    expect(sessions()).toEqual([first.session]);
    moveAside();
    const second = await write();
    now += 999;
    expect(sessions()).toEqual([first.session]);
    now += 1;
    expect(sessions()).toEqual([second.session]);
  });

  it('loses nothing by the closing of the one before', async () => {
    const first = await write();
    expect(sessions()).toEqual([first.session]);
    // As if its writer had been killed: nobody but the reader has it open.
    await first.store.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    const second = await write();
    now += 1_000;
    expect(sessions()).toEqual([second.session]);
    const made = new MadeSession();
    await second.store.commit({ lines: linesOf(made.start()), recovered: false });
    const [again] = stores.splice(-1);
    await again!.close();
    current.close();
    expect(sessions().sort()).toEqual([second.session, made.session].sort());
  });

  it('is read when there was none for a while', async () => {
    await write();
    sessions();
    moveAside();
    now += 1_000;
    expect(await codeOf(sessions)).toBe('store_missing');
    const { session } = await write();
    expect(sessions()).toEqual([session]);
  });
});

it.each([
  ['store_damaged', true],
  ['store_locked', false],
] as const)('looks at once for another file after %s: %s', async (code, again) => {
  const first = await write();
  sessions();
  moveAside();
  const second = await write();
  const failing = () =>
    current.use(() => {
      throw new StorageError(code, 'as it may be');
    });
  expect(await codeOf(failing)).toBe(code);
  expect(sessions()).toEqual([again ? second.session : first.session]);
});
