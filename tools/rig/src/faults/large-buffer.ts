/** Writes a session buffer of any size, quickly: every line is as valid as one that a writer has written. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { generatedMeasurements, generatedStart } from '../load/generated-lines.js';

const STARTED_AT = Date.UTC(2026, 0, 1);
const BLOCK_BYTES = 4 * 1024 * 1024;

export interface LargeBuffer {
  readonly measurements: number;
  readonly bytes: number;
}

/** When it is enough: at least so many bytes, or exactly so many measurements. */
export type Enough = { readonly bytes: number } | { readonly measurements: number };

/** Of a real meter, one reading a second, without a `session_end`. */
export function writeLargeBuffer(path: string, session: string, enough: Enough): LargeBuffer {
  const of = { session, source: 'bench-1', startedAt: STARTED_AT, intervalMs: 1000 };
  const line = generatedMeasurements(of);
  const most = 'bytes' in enough ? Infinity : enough.measurements;
  const least = 'bytes' in enough ? enough.bytes : Infinity;
  const file = openSync(path, 'wx');
  try {
    let bytes = writeSync(file, `${generatedStart(of).toString()}\n`);
    let measurements = 0;
    while (bytes < least && measurements < most) {
      const wanted = Math.min(BLOCK_BYTES, least - bytes);
      let block = '';
      while (block.length < wanted && measurements < most) block += `${line(++measurements)}\n`;
      bytes += writeWhole(file, Buffer.from(block));
    }
    return { measurements, bytes };
  } finally {
    closeSync(file);
  }
}

function writeWhole(file: number, block: Buffer): number {
  let written = 0;
  while (written < block.length) written += writeSync(file, block, written);
  return written;
}
