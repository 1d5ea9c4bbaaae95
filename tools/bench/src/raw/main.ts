/** One piece of raw work as a process of its own: prepared, then timed; says what it took as one line of JSON. */
import { setTimeout as delay } from 'node:timers/promises';
import { diskBytesWritten } from '@elmetron/rig';
import { quantile } from '../statistics.js';
import { prepare, type RawDone, type RawWork } from './work.js';

const work = JSON.parse(process.argv[2] ?? '{}') as RawWork;
const { batches, work: doBatch, close } = await prepare(work);
const took: number[] = [];
const bytesBefore = diskBytesWritten(process.pid);
const began = performance.now();
for (let n = 0; n < batches; n++) {
  if (work.intervalMs !== undefined) {
    await delay(Math.max(0, began + n * work.intervalMs - performance.now()));
  }
  const from = performance.now();
  doBatch(n);
  took.push(performance.now() - from);
}
const ms = performance.now() - began;
const done: RawDone = {
  ms,
  diskBytes: diskBytesWritten(process.pid) - bytesBefore,
  batchMs: { p50: quantile(took, 0.5), most: quantile(took, 1) },
};
close();
process.stdout.write(`${JSON.stringify(done)}\n`);
