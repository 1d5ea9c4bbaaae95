/** The limit for one meter, quickly: two bare processes on an emulated meter, and nothing is left. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bare } from '../src/measurements/bare.js';

// /proc tells what the processes cost; there is none elsewhere.
test.skipIf(process.platform !== 'linux')('bare', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'elmetron-bare-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const figures = await bare.measure({
    quick: true,
    runs: 1,
    dir,
    progress: () => undefined,
    signal: new AbortController().signal,
  });
  const runs = (name: string) => figures.find((figure) => figure.name === name)?.runs;
  expect(runs('cpu_80hz')?.[0]).toBeGreaterThan(0);
  // It rejects when a frame of the meter was not acknowledged; the time is that of a sync at least.
  expect(runs('p50_80hz')?.[0]).toBeGreaterThan(0.01);
  expect(runs('cpu_1hz')).toEqual([]);
  expect(await readdir(dir)).toEqual([]);
});
