/** How long the disk takes to make a small append durable: what every confirmation of a reading waits for. */
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface SyncTime {
  readonly median_ms: number;
  readonly worst_ms: number;
}

const APPENDS = 20;
/** About as long as a record. */
const LINE = Buffer.alloc(400, '.');

/** In a file of its own, which is gone afterwards. Rejects with the system's error. */
export async function measureSync(directory: string): Promise<SyncTime> {
  const path = join(directory, `elmetron-doctor-${process.pid}.tmp`);
  const file = await open(path, 'wx');
  const times: number[] = [];
  try {
    // The first one also makes the file, which an append to a buffer does not.
    await file.write(LINE);
    await file.sync();
    for (let i = 0; i < APPENDS; i++) {
      await file.write(LINE);
      const began = performance.now();
      await file.datasync();
      times.push(performance.now() - began);
    }
  } finally {
    await file.close();
    await unlink(path);
  }
  times.sort((a, b) => a - b);
  return { median_ms: times[APPENDS / 2] ?? 0, worst_ms: times.at(-1) ?? 0 };
}
