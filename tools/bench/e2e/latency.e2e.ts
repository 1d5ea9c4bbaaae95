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
  // Each part of the way takes some time, and half of the readings no longer than almost all of them.
  expect(value('to_wire_p50_80hz')).toBeGreaterThan(0);
  expect(value('to_ack_p50_80hz')).toBeGreaterThan(0);
  expect(value('p50_80hz')).toBeGreaterThan(value('to_ack_p50_80hz'));
  expect(value('p99_80hz')).toBeGreaterThanOrEqual(value('p50_80hz'));
  expect(value('disk_sync_p50')).toBeGreaterThan(0);
  expect(value('relay_hop_p50')).toBeLessThan(value('p50_80hz'));
  // A quick one says why it has none.
  for (const name of ['p50_1hz', 'p99_1hz', 'p999_1hz', 'to_ack_p50_1hz']) {
    expect(figures.find((figure) => figure.name === name)?.runs, name).toEqual([]);
  }
  expect(figures.find(({ name }) => name === 'p50_1hz')?.title).toContain('left out');
  expect(await readdir(dir)).toEqual([]);
});
