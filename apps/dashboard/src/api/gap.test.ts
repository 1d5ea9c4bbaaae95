import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeRecord, newSessionId, silentLog, systemClock } from '@elmetron/protocol';
import { openSqliteStore, StoreReader, type Store } from '@elmetron/storage';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { measurement, sessionStart } from '../testing/made-records.js';
import { BEGAN } from '../testing/owned-clock.js';
import { gapLimitMs } from './gap.js';

let dir: string;
let store: Store;
let reader: StoreReader;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'elmetron-gap-'));
  const path = join(dir, 'elmetron.sqlite');
  store = openSqliteStore({ path, busyTimeoutMs: 1_000, clock: systemClock, log: silentLog });
  reader = StoreReader.open(path);
});
afterAll(async () => {
  reader.close();
  await store.close();
  rmSync(dir, { recursive: true });
});

/** Whether storage breaks a curve of readings of this distance where one comes so much later. */
async function isBroken(usualMs: number, distanceMs: number): Promise<boolean> {
  const times = Array.from({ length: 50 }, (_, i) => i * usualMs);
  const last = times.at(-1) ?? 0;
  const session = newSessionId();
  const measurements = [...times, last + distanceMs, last + distanceMs + usualMs].map((at, i) => {
    return { ...measurement(i + 1, session), captured_at: new Date(BEGAN + at).toISOString() };
  });
  const lines = [sessionStart(session), ...measurements].map(
    (record) => `${encodeRecord(record).toString()}\n`,
  );
  await store.commit({ lines: Buffer.from(lines.join('')), recovered: false });
  const { readings, values } = reader.curve(session, { points: 1_000 });
  expect(readings).toBe(measurements.length);
  return values[0]?.low.includes(null) ?? false;
}

it.each([12, 100, 500, 800])('readings every %d ms: missing after 2.5 s', async (usual) => {
  expect(gapLimitMs(usual)).toBe(2_500);
  expect([await isBroken(usual, 2_500), await isBroken(usual, 2_501)]).toEqual([false, true]);
});

it.each([1_000, 5_000, 60_000])(
  'readings every %d ms: missing after three of them',
  async (usual) => {
    expect(gapLimitMs(usual)).toBe(3 * usual);
    // Storage knows the usual distance to 3 %.
    const broken = [await isBroken(usual, 2.9 * usual), await isBroken(usual, 3.1 * usual)];
    expect(broken).toEqual([false, true]);
  },
);

it('of an unknown distance the least', () => {
  expect(gapLimitMs(null)).toBe(2_500);
});
