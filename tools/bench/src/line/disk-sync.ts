/** How long this disk takes to sync a small append: what every acknowledgement at line rate has to wait for. */
import { closeSync, fdatasyncSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** About a record's line. */
const LINE = Buffer.from(`${'x'.repeat(560)}\n`);

/** Milliseconds of each of `count` fdatasync calls, one every `everyMs`, each after an append of one line. */
export async function diskSyncs(
  dir: string,
  { count, everyMs, signal }: { count: number; everyMs: number; signal: AbortSignal },
): Promise<number[]> {
  const path = join(dir, 'disk-sync');
  const file = openSync(path, 'wx');
  const times: number[] = [];
  try {
    writeSync(file, LINE);
    fsyncSync(file);
    while (times.length < count) {
      await delay(everyMs, undefined, { signal });
      writeSync(file, LINE);
      const began = performance.now();
      fdatasyncSync(file);
      times.push(performance.now() - began);
    }
  } finally {
    closeSync(file);
    unlinkSync(path);
  }
  return times;
}
