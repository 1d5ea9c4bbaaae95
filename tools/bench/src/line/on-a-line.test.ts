import { getEventListeners } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { onALine } from './on-a-line.js';

async function place() {
  const dir = await mkdtemp(join(tmpdir(), 'elmetron-on-a-line-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const stop = new AbortController();
  return { dir, stop, signal: stop.signal };
}

test('of a measurement that is over nothing is left', async () => {
  const { dir, signal } = await place();
  await onALine({ dir, signal }, { pollsPerSecond: 1 }, async (bench) => {
    expect(await readdir(dir)).toHaveLength(1);
    expect(bench.dir.startsWith(dir)).toBe(true);
  });
  expect(await readdir(dir)).toEqual([]);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('an interruption ends it, and nothing is left of it either', async () => {
  const { dir, stop, signal } = await place();
  const never = onALine({ dir, signal }, { pollsPerSecond: 1 }, () => {
    stop.abort();
    return new Promise(() => undefined);
  });
  await expect(never).rejects.toMatchObject({ code: 'interrupted' });
  expect(await readdir(dir)).toEqual([]);
});
