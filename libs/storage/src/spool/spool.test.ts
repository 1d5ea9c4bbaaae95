import { silentLog } from '@elmetron/protocol';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { eventLine, SESSION, startLine } from '../buffer/testing/lines.js';
import { spoolFileName } from './spool-files.js';
import type { SpoolSession } from './spool-session.js';
import { Spool, type SpoolOptions } from './spool.js';
import { drain } from './testing/drain.js';
import { files, SpoolDir } from './testing/spool-dir.js';

const dirs = new SpoolDir();
afterAll(() => {
  dirs.remove();
});

const OTHER = '01990000-0000-7000-8000-000000000002';
const START = startLine().length + 1;
const LINE = eventLine(1).length + 1;
const FULL = { code: 'spool_full' };

async function open(options: Partial<SpoolOptions> = {}): Promise<{ spool: Spool; dir: string }> {
  const dir = options.dir ?? dirs.fresh();
  const spool = await Spool.open({ maxBytes: 1_000_000, log: silentLog, ...options, dir });
  return { spool, dir };
}

function append(session: SpoolSession, from: number, to: number): void {
  for (let seq = from; seq <= to; seq++) session.append(eventLine(seq, undefined, session.session));
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('a session', () => {
  test('begins with its start line as record 0, on disk at once', async () => {
    const { spool, dir } = await open();
    const session = spool.begin(SESSION, startLine());
    expect(session).toMatchObject({ session: SESSION, first: 0, last: 0, finished: false });
    expect(session.startLine).toEqual(startLine());
    expect(session.bytes).toBe(START);
    expect(statSync(join(dir, spoolFileName(SESSION, 1))).size).toBe(START);
    expect(session.read(-1, { records: 10, bytes: 1000 })).toEqual({
      prev: -1,
      first: 0,
      lines: [startLine()],
    });
    expect(session.read(0, { records: 10, bytes: 1000 })).toBeUndefined();
    expect(() => spool.begin(SESSION, startLine())).toThrow();
    await spool.close();
  });

  test('gives back what it took, by number, as much as is asked for and at least one', async () => {
    const { spool } = await open();
    const session = spool.begin(SESSION, startLine());
    append(session, 1, 20);
    expect(drain(session)).toEqual({ numbers: range(0, 20), lost: [] });
    const batch = session.read(4, { records: 3, bytes: 1_000_000 });
    expect(batch).toMatchObject({ prev: 4, first: 5 });
    expect(batch?.lines).toEqual([eventLine(5), eventLine(6), eventLine(7)]);
    expect(session.read(4, { records: 3, bytes: 1 })?.lines.length).toBe(1);
    expect(session.read(4, { records: 9, bytes: 2 * LINE })?.lines.length).toBe(2);
    expect(session.read(20, { records: 9, bytes: 1000 })).toBeUndefined();
    expect(session.read(99, { records: 9, bytes: 1000 })).toBeUndefined();
    await spool.close();
  });

  test('is cut back to its start line when nothing is owed, and counts on', async () => {
    const { spool, dir } = await open();
    const session = spool.begin(SESSION, startLine());
    const path = join(dir, spoolFileName(SESSION, 1));
    append(session, 1, 9);
    session.release(4);
    expect(session).toMatchObject({ first: 5, last: 9 });
    expect(drain(session)).toEqual({ numbers: range(5, 9), lost: [] });
    expect(statSync(path).size).toBe(START + 9 * LINE);
    session.release(9);
    expect(session).toMatchObject({ first: 10, last: 9 });
    expect(statSync(path).size).toBe(START);
    expect(spool.bytes).toBe(START);
    append(session, 10, 11);
    expect(session.read(9, { records: 1, bytes: 1000 })).toMatchObject({ prev: 9, first: 10 });
    expect(session.read(-1, { records: 9, bytes: 1000 })).toMatchObject({ prev: 9, first: 10 });
    await spool.close();
  });

  test('takes a release that is old, or beyond its end, for what it means', async () => {
    const { spool } = await open();
    const session = spool.begin(SESSION, startLine());
    append(session, 1, 3);
    session.release(2);
    session.release(1);
    expect(session.first).toBe(3);
    session.release(1_000_000);
    expect(session).toMatchObject({ first: 4, last: 3 });
    append(session, 4, 4);
    expect(session.first).toBe(4);
    await spool.close();
  });

  test('lets go of files as they are released, and of all when it is finished', async () => {
    const { spool, dir } = await open({ segmentBytes: START + 3 * LINE });
    const session = spool.begin(SESSION, startLine());
    append(session, 1, 8);
    expect(files(dir)).toEqual([1, 4, 7].map((seq) => spoolFileName(SESSION, seq)));
    session.release(5);
    expect(files(dir)).toEqual([4, 7].map((seq) => spoolFileName(SESSION, seq)));
    session.finish();
    expect(() => session.append(eventLine(9))).toThrow();
    expect(drain(session).numbers).toEqual(range(6, 8));
    expect(spool.sessions()).toEqual([session]);
    session.release(8);
    expect(files(dir)).toEqual([]);
    expect(spool.sessions()).toEqual([]);
    expect(spool.bytes).toBe(0);
    await spool.close();
  });

  test('finished after its release is gone as well', async () => {
    const { spool, dir } = await open();
    const session = spool.begin(SESSION, startLine());
    append(session, 1, 2);
    session.release(2);
    session.finish();
    expect(files(dir)).toEqual([]);
    expect(spool.sessions()).toEqual([]);
    await spool.close();
  });

  test('leaves others alone', async () => {
    const { spool } = await open();
    const [one, two] = [SESSION, OTHER].map((id) => spool.begin(id, startLine(id)));
    if (!one || !two) throw new Error('unreachable');
    append(one, 1, 5);
    append(two, 1, 3);
    one.release(5);
    one.finish();
    expect(spool.sessions()).toEqual([two]);
    expect(drain(two).numbers).toEqual(range(0, 3));
    await spool.close();
  });
});

describe('the spool', () => {
  test('refuses what does not fit, and the number is still free', async () => {
    const { spool } = await open({ maxBytes: 4 * (START + 3 * LINE) });
    const session = spool.begin(SESSION, startLine());
    // A file takes a quarter of the room at most; every further one begins with the start line.
    expect(() => append(session, 1, 99)).toThrow(expect.objectContaining(FULL));
    const { last } = session;
    expect(last).toBe(12);
    expect(spool.bytes).toBeLessThanOrEqual(spool.maxBytes);
    expect(() => session.append(eventLine(last + 1))).toThrow(expect.objectContaining(FULL));
    expect(() => spool.begin(OTHER, startLine(OTHER))).toThrow(expect.objectContaining(FULL));
    expect(spool.sessions()).toEqual([session]);
    expect(drain(session).numbers).toEqual(range(0, last));
    session.release(last);
    append(session, last + 1, last + 2);
    expect(drain(session).numbers).toEqual([last + 1, last + 2]);
    await spool.close();
  });

  test('keeps no more lines in memory than it may, over all sessions, and reads the rest', async () => {
    const { spool } = await open({ cacheRecords: 10, segmentBytes: START + 7 * LINE });
    const [one, two] = [SESSION, OTHER].map((id) => spool.begin(id, startLine(id)));
    if (!one || !two) throw new Error('unreachable');
    for (let seq = 1; seq <= 400; seq++) {
      for (const session of [one, two]) append(session, seq, seq);
      expect(spool.cachedRecords).toBeLessThanOrEqual(10);
    }
    for (const session of [one, two]) {
      expect(drain(session)).toEqual({ numbers: range(0, 400), lost: [] });
      expect(session.read(123, { records: 2, bytes: 1000 })?.lines).toEqual(
        [124, 125].map((seq) => eventLine(seq, undefined, session.session)),
      );
    }
    one.release(400);
    two.release(399);
    expect(spool.cachedRecords).toBe(1);
    await spool.close();
  });

  test('works without any memory', async () => {
    const { spool } = await open({ cacheRecords: 0 });
    const session = spool.begin(SESSION, startLine());
    append(session, 1, 300);
    session.release(17);
    expect(drain(session).numbers).toEqual(range(18, 300));
    await spool.close();
  });

  test('is held by one living process', async () => {
    const { spool, dir } = await open();
    await expect(open({ dir })).rejects.toMatchObject({ code: 'lock_held' });
    await spool.close();
    const { spool: next } = await open({ dir });
    await next.close();
  });

  test('says when its directory cannot be used', async () => {
    const file = join(dirs.fresh(), 'file');
    writeFileSync(file, '');
    for (const dir of [file, join(file, 'below')]) {
      await expect(open({ dir })).rejects.toMatchObject({ code: 'buffer_unwritable' });
    }
  });

  test('makes its directory', async () => {
    const { spool } = await open({ dir: join(dirs.fresh(), 'data', 'spool') });
    spool.begin(SESSION, startLine());
    await spool.close();
  });
});
