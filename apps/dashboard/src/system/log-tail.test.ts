import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { logTail } from './log-tail.js';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'elmetron-log-'));
  path = join(dir, 'writer.log');
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const line = (n: number, of: object = {}) =>
  JSON.stringify({
    level: 30,
    time: '2026-11-22T08:00:00.000Z',
    pid: 7,
    name: 'writer',
    msg: `line ${n}`,
    ...of,
  });
const lines = (count: number) => Array.from({ length: count }, (_, i) => line(i + 1));
const messages = async (count: number) => (await logTail(path, count))?.map((one) => one.message);

it('no file is no lines', async () => {
  expect(await logTail(path, 10)).toBeUndefined();
});

it('what is no file is not hidden', async () => {
  mkdirSync(path);
  await expect(logTail(path, 10)).rejects.toThrow('EISDIR');
});

it('an empty file has none', async () => {
  writeFileSync(path, '');
  expect(await logTail(path, 10)).toEqual([]);
});

it('a line is its time, level, message, and what else it says', async () => {
  writeFileSync(path, `${line(1, { level: 50, err: { code: 'EIO' }, reason: 'x' })}\n`);
  expect(await logTail(path, 10)).toEqual([
    {
      at: '2026-11-22T08:00:00.000Z',
      level: 'error',
      message: 'line 1',
      fields: '{"err":{"code":"EIO"},"reason":"x"}',
    },
  ]);
});

it('what is no line of ours is shown as it is', async () => {
  writeFileSync(path, `node:internal\n  throw new Error\n7\n[]\n{"a":1}\n${line(1)}`);
  const found = await logTail(path, 10);
  expect(found?.map(({ message }) => message)).toEqual([
    'node:internal',
    '  throw new Error',
    '7',
    '[]',
    '{"a":1}',
    'line 1',
  ]);
  expect(found?.[0]).toEqual({ at: null, level: '', message: 'node:internal', fields: '' });
});

it.each([1, 5, 100, 500])('the last %d of many, the oldest first', async (count) => {
  writeFileSync(path, `${lines(5_000).join('\n')}\n`);
  expect(await messages(count)).toEqual(
    Array.from({ length: count }, (_, i) => `line ${5_000 - count + 1 + i}`),
  );
});

it('a line that is being written is shown when it ends', async () => {
  writeFileSync(path, `${lines(3).join('\n')}\n`);
  appendFileSync(path, line(4).slice(0, 20));
  expect((await messages(2))?.at(0)).toBe('line 3');
});

it('of a line without an end little is read and little shown', async () => {
  writeFileSync(path, `${line(1)}\n${'x'.repeat(5_000_000)}\n${line(2)}\n`);
  const found = await logTail(path, 500);
  // What was begun beyond the bound is not taken for a whole line.
  expect(found?.map(({ message }) => message)).toEqual(['line 2']);
  writeFileSync(
    path,
    `${line(1)}\n${'x'.repeat(500_000)}\n${line(2, { more: 'y'.repeat(9_000) })}\n`,
  );
  const [first, long, last] = (await logTail(path, 500)) ?? [];
  expect([first?.message, last?.message]).toEqual(['line 1', 'line 2']);
  expect(long?.message).toHaveLength(4_002);
  expect(last?.fields).toHaveLength(4_002);
});

it('characters that lie across a boundary stay whole', async () => {
  writeFileSync(path, `${'µ°'.repeat(40_000)}\n${line(1, { msg: 'µS/cm '.repeat(500) })}\n`);
  expect((await messages(1))?.[0]).not.toContain('\ufffd');
});

it('a file that is cut while it is read is no error', async () => {
  writeFileSync(path, `${lines(100).join('\n')}\n`);
  const reading = logTail(path, 10);
  truncateSync(path, 0);
  expect(Array.isArray(await reading)).toBe(true);
});
