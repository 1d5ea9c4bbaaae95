/**
 * A buffer of any size is recovered in the same memory. `ELMETRON_BUFFER_MB=2048` makes it 2 GB, which
 * takes minutes; more than the memory that is allowed otherwise.
 */
import { mkdirSync } from 'node:fs';
import { expect } from 'vitest';
import { newSessionId } from '@elmetron/protocol';
import { peakUntilEnd, writeLargeBuffer, type Bench } from '@elmetron/rig';
import { expectStored } from './faults.js';
import { test } from './on-a-bench.js';

const MEGABYTES = Number(process.env['ELMETRON_BUFFER_MB'] ?? 300);
/** At most so much, whatever the buffer's size; less than the buffer alone. */
const PEAK_KB = 256 * 1024;

/** Recovers a buffer of so many bytes; the peak of recovery's memory in kilobytes. */
async function recoverOf(bench: Bench, bytes: number): Promise<number> {
  const [session, run] = [newSessionId(), newSessionId()];
  mkdirSync(bench.path('captures'), { recursive: true });
  const path = bench.path(`captures/session_${session}_${run}_000001_buffer.jsonl`);
  const began = performance.now();
  const buffer = writeLargeBuffer(path, session, { bytes });
  const made = performance.now();
  const recovery = bench.startRecovery();
  const peak = await peakUntilEnd(recovery);
  const seconds = ((performance.now() - made) / 1000).toFixed(1);
  expect(recovery.exit, recovery.tail()).toEqual({ code: 0, signal: null });
  expect(recovery.stdout.join('\n')).toContain(
    `Recovered ${String(buffer.measurements)} measurements from 1 crashed session(s)`,
  );
  console.log(
    `a buffer of ${(buffer.bytes / 2 ** 20).toFixed(0)} MB, ${String(buffer.measurements)} measurements: ` +
      `made in ${((made - began) / 1000).toFixed(1)} s, recovered in ${seconds} s, ` +
      `peak ${(peak / 1024).toFixed(0)} MB`,
  );
  expectStored(bench, session, buffer.measurements, buffer.measurements);
  expect(await bench.buffers()).toEqual([]);
  return peak;
}

test(
  `a buffer of ${String(MEGABYTES)} MB is recovered in ${String(PEAK_KB / 1024)} MB of memory`,
  { timeout: 60_000 + MEGABYTES * 1_000 },
  async ({ open }) => {
    expect(MEGABYTES * 1024).toBeGreaterThan(PEAK_KB);
    expect(await recoverOf(await open(), MEGABYTES * 2 ** 20)).toBeLessThan(PEAK_KB);
  },
);
