/** A small measurement of latency, with the real processes: its figures are of this world, and nothing is left. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { latency } from '../src/measurements/latency.js';

test('latency', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'elmetron-latency-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const figures = await latency.measure({
    quick: true,
    runs: 1,
    dir,
    progress: () => undefined,
    signal: new AbortController().signal,
  });
  const value = (name: string): number =>
    figures.find((figure) => figure.name === name)?.runs[0] ?? NaN;
  for (const rate of ['80hz', '1hz']) {
    // Each part of the way takes some time, and half of the readings no longer than almost all of them.
    expect(value(`to_wire_p50_${rate}`)).toBeGreaterThan(0);
    expect(value(`to_ack_p50_${rate}`)).toBeGreaterThan(0);
    expect(value(`p50_${rate}`)).toBeGreaterThan(value(`to_ack_p50_${rate}`));
    expect(value(`p99_${rate}`)).toBeGreaterThanOrEqual(value(`p50_${rate}`));
  }
  expect(value('disk_sync_p50')).toBeGreaterThan(0);
  expect(figures.find(({ name }) => name === 'p999_1hz')?.runs).toEqual([]);
  expect(await readdir(dir)).toEqual([]);
});
