import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import type { Delivery } from './delivery.js';
import { Intake } from './intake.js';
import { Journal, type JournalOptions } from './journal.js';
import { batch, startLine, SESSION } from './testing/lines.js';
import { OwnedClock } from './testing/owned-clock.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

function open(changes: Partial<JournalOptions> = {}) {
  const clock = new OwnedClock();
  const states: (string | undefined)[] = [];
  const journal = new Journal({
    capturesDir: join(dir, 'captures'),
    run: 'run-1',
    enabled: true,
    rotateBytes: 1_000_000,
    archiveDays: 0,
    retryMs: 5_000,
    clock,
    log: silentLog,
    stateChanged: (reason) => states.push(reason),
    ...changes,
  });
  const deliveries: Delivery[] = [];
  const intake = new Intake({
    recordsPerSync: 100,
    deliver: (delivery) => deliveries.push(delivery),
    hole: () => undefined,
  });
  /** Takes lines `first` … `last` of the session from the stream and writes them. */
  const write = async (first: number, last: number) => {
    intake.take(batch(first, last), () => undefined);
    const group = deliveries.splice(0);
    const session = group[0]?.session;
    if (session === undefined) throw new Error('no delivery');
    return await journal.write(session, group);
  };
  return { journal, clock, states, write };
}

const buffers = async (): Promise<string[]> =>
  (await readdir(join(dir, 'captures'))).filter((name) => name.endsWith('_buffer.jsonl')).sort();
const header = startLine().length + 1;

describe('Journal', () => {
  test('the start line makes the segment and stands in it once', async () => {
    const { write } = open();
    expect(await write(0, 0)).toEqual([
      { path: expect.any(String) as string, start: 0, end: header },
    ]);
    await write(1, 3);
    const [name = ''] = await buffers();
    const text = await readFile(join(dir, 'captures', name), 'utf8');
    expect(text.split('\n').filter((line) => line.includes('session_start'))).toHaveLength(1);
    expect(text.split('\n')).toHaveLength(5);
  });

  test('ranges of a group read back as the lines that were written', async () => {
    const { journal, write } = open();
    await write(0, 0);
    const ranges = await write(1, 5);
    const [range] = ranges ?? [];
    if (range === undefined) throw new Error('no range');
    expect((await journal.read(range)).equals(batch(1, 5).bytes)).toBe(true);
  });

  test('a buffer goes only when the session has ended and every byte of it is committed', async () => {
    const { journal, write } = open();
    await write(0, 0);
    const [range] = (await write(1, 5)) ?? [];
    if (range === undefined) throw new Error('no range');
    await journal.end(SESSION);
    expect(journal.hasCommitted(false)).toBe(false);
    journal.committed(range.path, range.end - 1);
    expect(journal.hasCommitted(false)).toBe(false);
    journal.committed(range.path, range.end);
    expect(journal.hasCommitted(true), 'of the other database').toBe(false);
    expect(journal.hasCommitted(false)).toBe(true);
    await journal.removeCommitted(false);
    expect(await buffers()).toEqual([]);
    journal.release();
    expect(await readdir(join(dir, 'captures'))).toEqual([]);
  });

  test('a session whose start line is not committed keeps its buffer, even with nothing else in it', async () => {
    const { journal, write } = open();
    await write(0, 0);
    await journal.end(SESSION);
    expect(journal.hasCommitted(false)).toBe(false);
  });

  test('a rotated segment goes while the session lives on', async () => {
    const { journal, write } = open({ rotateBytes: header + 1_000 });
    await write(0, 0);
    const [first] = (await write(1, 2)) ?? [];
    await write(3, 4);
    await write(5, 6);
    if (first === undefined) throw new Error('no range');
    expect((await buffers()).length).toBeGreaterThan(1);
    journal.committed(first.path, first.end);
    await journal.removeCommitted(false);
    expect((await buffers()).map((name) => join(dir, 'captures', name))).not.toContain(first.path);
    expect((await buffers()).length).toBeGreaterThan(0);
  });

  test('an unusable directory is said once, tried again later, and recovered from', async () => {
    await writeFile(join(dir, 'blocked'), 'a file');
    const { states, clock, write } = open({ capturesDir: join(dir, 'blocked', 'captures') });
    expect(await write(0, 0)).toBeUndefined();
    expect(await write(1, 1)).toBeUndefined();
    expect(states).toHaveLength(1);
    await rm(join(dir, 'blocked'));
    expect(await write(2, 2), 'not tried before the time has come').toBeUndefined();
    clock.pass(5_001);
    expect(await write(3, 3)).toBeDefined();
    expect(states).toEqual([expect.any(String), undefined]);
  });

  test('switched off by configuration it writes nothing', async () => {
    const { states, write } = open({ enabled: false });
    expect(await write(0, 3)).toBeUndefined();
    expect(states).toEqual([]);
    expect(await readdir(dir)).toEqual([]);
  });
});
