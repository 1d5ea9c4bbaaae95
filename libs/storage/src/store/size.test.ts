import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog, systemClock } from '@elmetron/protocol';
import { openSqliteStore } from './sqlite-store.js';
import { linesOf, MadeSession } from './testing/made-session.js';
import { scratchDirectory } from './testing/scratch.js';

const ROWS = 100_000;
const BATCH = 1_000;

let scratch: ReturnType<typeof scratchDirectory>;

beforeEach(() => {
  scratch = scratchDirectory();
});
afterEach(() => scratch.remove());

it(
  'needs at most 210 bytes of database a reading with its frame of 100',
  { timeout: 120_000 },
  async () => {
    const path = join(scratch.path, 'elmetron.sqlite');
    const store = openSqliteStore({ path, busyTimeoutMs: 20, clock: systemClock, log: silentLog });
    const made = new MadeSession();
    // Not the first session of its database: the numbers of the first are smaller than they will stay.
    const earlier = Array.from({ length: 300 }, () => new MadeSession().start());
    await store.commit({ lines: linesOf(...earlier, made.start()), recovered: false });
    let committing = 0;
    for (let first = 1; first <= ROWS; first += BATCH) {
      const seqs = Array.from({ length: BATCH }, (_, index) => first + index);
      const lines = linesOf(...seqs.map((seq) => made.measurement(seq)));
      const began = performance.now();
      await store.commit({ lines, recovered: false });
      committing += performance.now() - began;
    }
    expect(await store.checkpoint()).toBe(true);
    const bytes = statSync(path).size / ROWS;
    await store.close();
    console.log(`${bytes.toFixed(1)} bytes, ${Math.round((ROWS / committing) * 1000)} rows/s`);
    expect(bytes).toBeLessThanOrEqual(210);
  },
);
