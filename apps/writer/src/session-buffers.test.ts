import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import type { Delivery } from './delivery.js';
import { Intake } from './intake.js';
import { SessionBuffers, type SessionBuffersOptions } from './session-buffers.js';
import { batch, startLine, SESSION } from './testing/lines.js';
import { OwnedClock } from './testing/owned-clock.js';

let dir: string;
const opened: SessionBuffers[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'session-buffers-'));
});
afterEach(async () => {
  for (const buffers of opened.splice(0)) await buffers.close();
  await rm(dir, { recursive: true, force: true });
});

function open(changes: Partial<SessionBuffersOptions> = {}) {
  const clock = new OwnedClock();
  const states: (string | undefined)[] = [];
  const buffers = new SessionBuffers({
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
  opened.push(buffers);
  const deliveries: Delivery[] = [];
  const intake = new Intake({
    recordsPerSync: 100,
    deliver: (delivery) => deliveries.push(delivery),
  });
  /** Takes lines `first` … `last` of the session from the stream and writes them. */
  const write = async (first: number, last: number) => {
    intake.take(batch(first, last), () => undefined);
    const group = deliveries.splice(0);
    const session = group[0]?.session;
    if (session === undefined) throw new Error('no delivery');
    return await buffers.write(session, group);
  };
  return { buffers, clock, states, write };
}

const files = async (): Promise<string[]> =>
  (await readdir(join(dir, 'captures'))).filter((name) => name.endsWith('_buffer.jsonl')).sort();
const header = startLine().length + 1;

describe('SessionBuffers', () => {
  test('the start line makes the segment and stands in it once', async () => {
    const { write } = open();
    expect(await write(0, 0)).toEqual([
      { path: expect.any(String) as string, start: 0, end: header },
    ]);
    await write(1, 3);
    const [name = ''] = await files();
    const text = await readFile(join(dir, 'captures', name), 'utf8');
    expect(text.split('\n').filter((line) => line.includes('session_start'))).toHaveLength(1);
    expect(text.split('\n')).toHaveLength(5);
  });

  test('ranges of a group read back as the lines that were written', async () => {
    const { buffers, write } = open();
    await write(0, 0);
    const ranges = await write(1, 5);
    const [range] = ranges ?? [];
    if (range === undefined) throw new Error('no range');
    expect((await buffers.read(range)).equals(batch(1, 5).bytes)).toBe(true);
  });

  test('a buffer goes only when the session has ended and every byte of it is committed', async () => {
    const { buffers, write } = open();
    await write(0, 0);
    const [range] = (await write(1, 5)) ?? [];
    if (range === undefined) throw new Error('no range');
    await buffers.end(SESSION);
    expect(buffers.hasCommitted(false)).toBe(false);
    buffers.committed(range.path, range.end - 1);
    expect(buffers.hasCommitted(false)).toBe(false);
    buffers.committed(range.path, range.end);
    expect(buffers.hasCommitted(true), 'of the other database').toBe(false);
    expect(buffers.hasCommitted(false)).toBe(true);
    await buffers.removeCommitted(false);
    expect(await files()).toEqual([]);
    buffers.release();
    expect(await readdir(join(dir, 'captures'))).toEqual([]);
  });

  test('what is committed stays for the next recovery when there is no more time', async () => {
    const { buffers, write } = open();
    await write(0, 0);
    const [range] = (await write(1, 5)) ?? [];
    if (range === undefined) throw new Error('no range');
    await buffers.end(SESSION);
    buffers.committed(range.path, range.end);
    await buffers.removeCommitted(false, () => true);
    expect(await files()).toHaveLength(1);
  });

  test('a session whose start line is not committed keeps its buffer, even with nothing else in it', async () => {
    const { buffers, write } = open();
    await write(0, 0);
    await buffers.end(SESSION);
    expect(buffers.hasCommitted(false)).toBe(false);
  });

  test('a rotated segment goes while the session lives on', async () => {
    const { buffers, write } = open({ rotateBytes: header + 1_000 });
    await write(0, 0);
    const [first] = (await write(1, 2)) ?? [];
    await write(3, 4);
    await write(5, 6);
    if (first === undefined) throw new Error('no range');
    expect((await files()).length).toBeGreaterThan(1);
    expect(buffers.figures).toMatchObject({ active: true, records: 7 });
    buffers.committed(first.path, first.end);
    await buffers.removeCommitted(false);
    expect(buffers.figures.records, 'the start and two readings have gone').toBe(4);
    expect((await files()).map((name) => join(dir, 'captures', name))).not.toContain(first.path);
    expect((await files()).length).toBeGreaterThan(0);
  });

  test('an unusable directory is said once, tried again later, and recovered from', async () => {
    await writeFile(join(dir, 'blocked'), 'a file');
    const { buffers, states, clock, write } = open({
      capturesDir: join(dir, 'blocked', 'captures'),
    });
    expect(await write(0, 0)).toBeUndefined();
    expect(await write(1, 1)).toBeUndefined();
    expect(states).toHaveLength(1);
    expect(buffers.figures).toMatchObject({ active: false, records: 0 });
    await rm(join(dir, 'blocked'));
    expect(await write(2, 2), 'not tried before the time has come').toBeUndefined();
    clock.pass(5_001);
    expect(await write(3, 3)).toBeDefined();
    expect(states).toEqual([expect.any(String), undefined]);
    expect(buffers.figures.active).toBe(true);
  });

  test('switched off by configuration it writes nothing', async () => {
    const { states, write } = open({ enabled: false });
    expect(await write(0, 3)).toBeUndefined();
    expect(states).toEqual([]);
    expect(await readdir(dir)).toEqual([]);
  });
});
