import { silentLog } from '@elmetron/protocol';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { failure } from '../buffer/testing/disk-model.js';
import { eventLine, SESSION, startLine } from '../buffer/testing/lines.js';
import { spoolFileName } from './spool-files.js';
import type { SpoolSession } from './spool-session.js';
import { Spool, type SpoolOptions } from './spool.js';
import { drain } from './testing/drain.js';
import { files, SpoolDir } from './testing/spool-dir.js';
import { WatchedFiles } from './testing/watched-files.js';

const dirs = new SpoolDir();
afterAll(() => {
  dirs.remove();
});

const START = startLine().length + 1;
const LINE = eventLine(1).length + 1;
const FIRST = spoolFileName(SESSION, 1);

interface SetUp {
  readonly dir: string;
  readonly disk: WatchedFiles;
  readonly spool: Spool;
  readonly session: SpoolSession;
  readonly time: { now: number };
}

async function setUp(options: Partial<SpoolOptions> = {}): Promise<SetUp> {
  const dir = dirs.fresh();
  const disk = new WatchedFiles();
  const time = { now: 1000 };
  const clock = { now: () => 0, monotonic: () => time.now };
  const spool = await Spool.open({
    dir,
    maxBytes: 1e6,
    log: silentLog,
    clock,
    files: disk,
    ...options,
  });
  const session = spool.begin(SESSION, startLine());
  return { dir, disk, spool, session, time };
}

function append(session: SpoolSession, from: number, to: number): void {
  for (let seq = from; seq <= to; seq++) session.append(eventLine(seq));
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

const failing = (what: string, code: string) => (call: string) => {
  if (call.startsWith(what)) throw failure(code, call);
};

describe('an append', () => {
  test('is one write', async () => {
    const { disk, session, spool } = await setUp();
    disk.calls.length = 0;
    append(session, 1, 3);
    expect(disk.calls).toEqual(Array(3).fill(`write ${FIRST}`));
    await spool.close();
  });

  test('that is taken in parts is gone on with', async () => {
    const { disk, session, spool, dir } = await setUp();
    disk.writeAtMost = 7;
    append(session, 1, 3);
    expect(readFileSync(join(dir, FIRST)).length).toBe(START + 3 * LINE);
    await spool.close();
  });

  test.each([
    ['ENOSPC', 'spool_full'],
    ['EDQUOT', 'spool_full'],
    ['EIO', 'buffer_unwritable'],
  ])('that gets %s after half a line leaves nothing half written', async (system, code) => {
    const { disk, session, spool, dir } = await setUp();
    append(session, 1, 2);
    disk.writeAtMost = 20;
    let writes = 0;
    disk.intercept = (call) => {
      if (call.startsWith('write') && ++writes > 1) throw failure(system, call);
    };
    expect(() => session.append(eventLine(3))).toThrow(expect.objectContaining({ code }));
    expect(session.last).toBe(2);
    expect(readFileSync(join(dir, FIRST)).length).toBe(START + 2 * LINE);
    disk.intercept = () => undefined;
    session.append(eventLine(3, 'another'));
    expect(session.read(2, { records: 1, bytes: 1000 })?.lines).toEqual([eventLine(3, 'another')]);
    await spool.close();
  });

  test('goes to a new file when the old one could not be cut back', async () => {
    const { disk, session, spool, dir } = await setUp({ cacheRecords: 0 });
    append(session, 1, 2);
    disk.writeAtMost = 20;
    let writes = 0;
    disk.intercept = (call) => {
      if (call.startsWith('write') && ++writes > 1) throw failure('ENOSPC', call);
      failing('truncate', 'EIO')(call);
    };
    expect(() => session.append(eventLine(3))).toThrow();
    disk.intercept = () => undefined;
    append(session, 3, 4);
    expect(files(dir)).toEqual([FIRST, spoolFileName(SESSION, 3)]);
    expect(drain(session).numbers).toEqual(range(0, 4));
    const copy = dirs.afterKill(dir);
    await spool.close();
    const again = await Spool.open({ dir: copy, maxBytes: 1e6 });
    expect(again.sessions().map((left) => drain(left))).toEqual([
      { numbers: range(0, 4), lost: [] },
    ]);
    await again.close();
  });

  test('that cannot get a new file leaves the old one as it is', async () => {
    const { disk, session, spool, dir } = await setUp({ segmentBytes: START + 2 * LINE });
    append(session, 1, 2);
    disk.intercept = failing('write', 'ENOSPC');
    for (let n = 0; n < 3; n++) expect(() => session.append(eventLine(3))).toThrow();
    expect(files(dir)).toEqual([FIRST]);
    disk.intercept = () => undefined;
    append(session, 3, 3);
    expect(drain(session).numbers).toEqual(range(0, 3));
    await spool.close();
  });
});

test('a session that cannot get its file has not begun', async () => {
  const { disk, spool, dir } = await setUp();
  disk.intercept = failing('write', 'ENOSPC');
  const other = SESSION.replace(/1$/, '2');
  expect(() => spool.begin(other, startLine(other))).toThrow(
    expect.objectContaining({ code: 'spool_full' }),
  );
  disk.intercept = () => undefined;
  expect(spool.sessions().length).toBe(1);
  expect(files(dir)).toEqual([FIRST]);
  spool.begin(other, startLine(other));
  await spool.close();
});

describe('a sync', () => {
  test('is of the file and its directory first, then of its data, and only when there is something', async () => {
    const { disk, session, spool } = await setUp();
    disk.calls.length = 0;
    await session.sync();
    append(session, 1, 2);
    await session.sync();
    await session.sync();
    expect(disk.calls.filter((call) => !call.startsWith('write'))).toEqual([
      `sync ${FIRST}`,
      'syncdir',
      `datasync ${FIRST}`,
    ]);
    await spool.close();
  });

  test('is not asked for what is released already', async () => {
    const { disk, session, spool } = await setUp();
    append(session, 1, 50);
    session.release(50);
    disk.calls.length = 0;
    await session.sync();
    expect(disk.calls).toEqual([]);
    expect(session.oldestUnsyncedAt).toBeUndefined();
    await spool.close();
  });

  test('covers every file that holds something, and lets the full ones be closed', async () => {
    const { disk, session, spool } = await setUp({ segmentBytes: START + 2 * LINE });
    append(session, 1, 7);
    expect(disk.openFiles).toBe(4);
    await session.sync();
    expect(disk.calls.filter((call) => call.startsWith('sync ')).length).toBe(4);
    expect(disk.openFiles).toBe(1);
    expect(drain(session).numbers).toEqual(range(0, 7));
    await spool.close();
    expect(disk.openFiles).toBe(0);
  });

  test('is not disturbed by a release, nor its descriptor closed under it', async () => {
    const { disk, session, spool, dir } = await setUp({ segmentBytes: START + 2 * LINE });
    append(session, 1, 5);
    disk.whileSyncing = async () => {
      disk.whileSyncing = () => Promise.resolve();
      session.release(4);
      append(session, 6, 6);
      await Promise.resolve();
    };
    await session.sync();
    expect(files(dir)).toEqual([spoolFileName(SESSION, 5)]);
    expect(drain(session).numbers).toEqual([5, 6]);
    await spool.close();
    expect(disk.openFiles).toBe(0);
  });

  test('of a session that is gone meanwhile ends well', async () => {
    const { disk, session, spool, dir } = await setUp();
    append(session, 1, 5);
    disk.whileSyncing = async () => {
      session.finish();
      session.release(5);
      await Promise.resolve();
    };
    await session.sync();
    expect(files(dir)).toEqual([]);
    expect(disk.openFiles).toBe(0);
    await spool.close();
  });
});

describe('a sync that fails', () => {
  test.each(['sync', 'syncdir'])(
    '(%s) moves what is owed to a fresh file, which is synced next time',
    async (what) => {
      const { disk, session, spool, dir } = await setUp({ cacheRecords: 3 });
      append(session, 1, 9);
      session.release(4);
      disk.intercept = failing(what, 'EIO');
      await expect(session.sync()).rejects.toMatchObject({ code: 'sync_failed' });
      disk.intercept = () => undefined;
      const fresh = spoolFileName(SESSION, 5);
      expect(files(dir)).toEqual([FIRST, fresh]);
      expect(session.oldestUnsyncedAt).toBeDefined();
      append(session, 10, 11);
      expect(drain(session)).toEqual({ numbers: range(5, 11), lost: [] });

      const copy = dirs.afterKill(dir);
      const again = await Spool.open({ dir: copy, maxBytes: 1e6 });
      expect(again.sessions().map((left) => drain(left).numbers)).toEqual([range(0, 11)]);
      await again.close();

      disk.calls.length = 0;
      await session.sync();
      // The file in doubt is never synced again, and goes when its copy is safe.
      expect(disk.calls.filter((call) => call.includes('sync'))).toEqual([
        `sync ${fresh}`,
        'syncdir',
      ]);
      expect(files(dir)).toEqual([fresh]);
      expect(session.oldestUnsyncedAt).toBeUndefined();
      expect(drain(session)).toEqual({ numbers: range(5, 11), lost: [] });
      session.release(11);
      append(session, 12, 12);
      expect(drain(session).numbers).toEqual([12]);
      await spool.close();
    },
  );

  test('leaves nothing behind once all is released', async () => {
    const { disk, session, spool, dir } = await setUp();
    append(session, 1, 3);
    disk.intercept = failing('sync ', 'EIO');
    await expect(session.sync()).rejects.toMatchObject({ code: 'sync_failed' });
    disk.intercept = () => undefined;
    append(session, 4, 5);
    session.release(5);
    append(session, 6, 6);
    // The old file would say that 4 and 5 were lost.
    expect(files(dir)).toEqual([spoolFileName(SESSION, 1, 1)]);
    await spool.close();
    expect(disk.openFiles).toBe(0);
  });

  test('again and again loses nothing and does not pile up files', async () => {
    const { disk, session, spool, dir } = await setUp();
    append(session, 1, 9);
    for (let n = 0; n < 10; n++) {
      disk.intercept = failing('sync ', 'EIO');
      await expect(spool.sync()).rejects.toMatchObject({ code: 'sync_failed' });
      append(session, 10 + n, 10 + n);
      expect(files(dir).length).toBe(2);
    }
    disk.intercept = () => undefined;
    await spool.sync();
    expect(files(dir).length).toBe(1);
    expect(drain(session).numbers).toEqual(range(0, 19));
    await spool.close();
  });

  test('when there is no room for a copy either is tried again', async () => {
    const { disk, session, spool, dir } = await setUp();
    append(session, 1, 9);
    disk.intercept = (call) => {
      failing('sync ', 'EIO')(call);
      failing('write ', 'ENOSPC')(call);
    };
    for (let n = 0; n < 2; n++) {
      await expect(session.sync()).rejects.toMatchObject({ code: 'sync_failed' });
    }
    expect(drain(session).numbers).toEqual(range(0, 9));
    disk.intercept = () => undefined;
    disk.calls.length = 0;
    await expect(session.sync()).rejects.toMatchObject({ code: 'sync_failed' });
    expect(disk.calls).not.toContain(`sync ${FIRST}`);
    await session.sync();
    expect(files(dir).length).toBe(1);
    expect(drain(session).numbers).toEqual(range(0, 9));
    await spool.close();
  });

  test('concerns only the files that it concerns', async () => {
    const { disk, session, spool, dir } = await setUp({ segmentBytes: START + 3 * LINE });
    append(session, 1, 8);
    disk.intercept = failing(`sync ${spoolFileName(SESSION, 4)}`, 'EIO');
    await expect(session.sync()).rejects.toMatchObject({ code: 'sync_failed' });
    disk.intercept = () => undefined;
    append(session, 9, 9);
    expect(drain(session).numbers).toEqual(range(0, 9));
    await session.sync();
    session.release(6);
    expect(drain(session).numbers).toEqual(range(7, 9));
    expect(files(dir)).toEqual([spoolFileName(SESSION, 7)]);
    session.finish();
    session.release(9);
    expect(files(dir)).toEqual([]);
    expect(spool.bytes).toBe(0);
    await spool.close();
    expect(disk.openFiles).toBe(0);
  });
});

describe('the oldest record that waits', () => {
  test('is told by its time, until it is synced or released', async () => {
    const { disk, session, spool, time } = await setUp();
    expect(session.oldestUnsyncedAt).toBe(1000);
    session.release(0);
    expect(session.oldestUnsyncedAt).toBeUndefined();
    for (const [seq, at] of [2000, 3000, 4000].entries()) {
      time.now = at;
      append(session, seq + 1, seq + 1);
    }
    expect(session.oldestUnsyncedAt).toBe(2000);
    expect(spool.oldestUnsyncedAt).toBe(2000);
    session.release(1);
    expect(session.oldestUnsyncedAt).toBe(3000);
    disk.whileSyncing = async () => {
      disk.whileSyncing = () => Promise.resolve();
      time.now = 5000;
      append(session, 4, 4);
      await Promise.resolve();
    };
    await session.sync();
    expect(session.oldestUnsyncedAt).toBe(5000);
    await session.sync();
    expect(spool.oldestUnsyncedAt).toBeUndefined();
    await spool.close();
  });

  test('is never told too late, however many there are', async () => {
    const { session, spool, time } = await setUp();
    for (let seq = 1; seq <= 3000; seq++) {
      time.now += 7;
      append(session, seq, seq);
    }
    for (let seq = 0; seq < 3000; seq += 37) {
      session.release(seq);
      const appended = 1000 + 7 * (seq + 1);
      expect(session.oldestUnsyncedAt).toBeLessThanOrEqual(appended);
      expect(session.oldestUnsyncedAt).toBeGreaterThan(appended - 25);
    }
    await spool.close();
  });
});
