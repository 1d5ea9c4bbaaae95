import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, systemClock } from '@elmetron/protocol';
import type { Spool } from '@elmetron/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemTimers } from '@elmetron/link';
import { openSpool } from './open-spool.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'open-spool-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

function open(source: string, ms: number): Promise<Spool> {
  return openSpool(
    { source, spool_dir: dir, spool_max_bytes: 1_000_000, memory_limit_records: 100 },
    { clock: systemClock, timers: systemTimers, log: silentLog, ms },
  );
}

test('each source has its own; the same one twice is refused', async () => {
  const one = await open('bench-1', 0);
  const two = await open('bench-2', 0);
  await expect(open('bench-1', 50)).rejects.toMatchObject({ code: 'lock_held' });
  await one.close();
  await (await open('bench-1', 0)).close();
  await two.close();
});
