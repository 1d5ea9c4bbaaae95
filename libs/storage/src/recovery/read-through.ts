/** Reads one buffer to its end and hands its lines to whoever takes them, a batch at a time. */
import { scanSegmentPieces, type MeasurementRun, type ScannedLine } from '../buffer/index.js';
import type { BufferAccount } from './buffer-account.js';
import type { FoundBuffer } from './found-buffers.js';
import type { RecoveryContext } from './recovery-context.js';
import type { SetAside } from './set-aside.js';

/** What takes the lines of one buffer into the store. */
export interface BufferReader {
  readonly account: BufferAccount;
  readonly setAside: SetAside;
  /** Which stores have something of this buffer: true for the emulated meters'. */
  readonly stores: ReadonlySet<boolean>;
  /** What was taken and waits for the next flush. */
  readonly waiting: { readonly bytes: number; readonly records: number };
  /** Resolves, or returns, when the next one may come. */
  take(piece: ScannedLine | MeasurementRun): Promise<void> | undefined;
  /** Begins to make durable what was taken; what was begun before is durable when it resolves. */
  flushBehind(): Promise<void>;
  /** All that was taken is durable when it resolves: in the store, or set aside. */
  flush(): Promise<void>;
  /** After the last flush of a buffer read to its end. */
  finish(): Promise<void>;
}

/** False when it was told to stop before the end. What stands before an unreadable place is flushed. */
export async function readThrough(
  buffer: FoundBuffer,
  reader: BufferReader,
  context: RecoveryContext,
): Promise<boolean> {
  const { batch, signal, advance, fs } = context;
  let done = 0;
  const dealtWith = (end: number): void => {
    advance(buffer.path, end - done);
    done = end;
  };
  try {
    const found = scanSegmentPieces(buffer.path, { fs, runLines: batch.records });
    for await (const pieces of found) {
      for (const piece of pieces) {
        // Nearly every one is taken at once: waiting for each line would cost as much as taking it.
        const taken = reader.take(piece);
        if (taken !== undefined) await taken;
        const { bytes, records } = reader.waiting;
        if (bytes < batch.bytes && records < batch.records) continue;
        await reader.flushBehind();
        dealtWith(piece.end);
        if (signal?.aborted === true) return false;
      }
      dealtWith(pieces.at(-1)?.end ?? done);
    }
  } finally {
    await reader.flush();
  }
  await reader.finish();
  return true;
}
