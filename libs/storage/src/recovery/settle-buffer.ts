/**
 * The end of a buffer that was read through. The order is the promise: everything in the store or
 * set aside → events → torn end cut off → checkpointed into the main database file → archived →
 * removed. Killed between any two steps, the buffer is still there, and doing all of it again
 * changes nothing.
 */
import type { BufferReader } from './read-through.js';
import { removeSegment, type CompressedCopy } from '../buffer/index.js';
import { bufferEvents } from './buffer-events.js';
import type { FoundBuffer } from './found-buffers.js';
import { hasChanged, type FileState } from './quiet-file.js';
import { inStore, type RecoveryContext } from './recovery-context.js';
import type { BufferSummary } from './summary.js';

export interface SettleOptions {
  /** The file's state before it was read, for a file that no lock protects. */
  readonly before: FileState | undefined;
  /** An archive of it that was begun when its reading was. */
  readonly begun: CompressedCopy | undefined;
}

export async function settleBuffer(
  buffer: FoundBuffer,
  reader: BufferReader,
  context: RecoveryContext,
  { before, begun }: SettleOptions,
): Promise<BufferSummary> {
  const { account, setAside } = reader;
  const empty = account.records === 0 && account.damaged === 0;
  if (context.dryRun) return account.summary(empty ? 'empty' : 'found');
  if (!empty) await recordEvents(buffer, reader, context);
  if (setAside.problem !== undefined) throw setAside.problem;
  if (before !== undefined && (await hasChanged(buffer.path, before, context))) {
    return account.summary('kept', 'it changed while it was read: does its program still run?');
  }
  if (account.torn !== undefined) await cutOff(buffer.path, account.torn.offset, context);
  for (const emulated of reader.stores) {
    const checkpoint = (): Promise<boolean> =>
      inStore(context, emulated, (store) => store.checkpoint());
    if (!(await context.patience.untilTrue(checkpoint))) {
      return account.summary(
        'kept',
        'its records are in the database, but another program kept them from the main file',
      );
    }
  }
  // An archive of nothing would look as if a database had once held something of it.
  const archive = empty ? { ...context.archive, archiveDays: 0 } : context.archive;
  await removeSegment(buffer.path, { ...archive, fs: context.fs, begun });
  return account.summary(empty ? 'empty' : 'recovered');
}

async function recordEvents(
  buffer: FoundBuffer,
  { account, stores }: BufferReader,
  context: RecoveryContext,
): Promise<void> {
  const events = bufferEvents(account, buffer.name, context.clock.now());
  // Damage without one whole record: nobody knows whose; it is told among the real data.
  const [emulated = false] = stores;
  for (const event of events) {
    await inStore(context, emulated, (store) => store.recordEvent(event));
  }
}

async function cutOff(path: string, length: number, { fs }: RecoveryContext): Promise<void> {
  const file = await fs.open(path, 'r+');
  try {
    await file.truncate(length);
    await file.sync();
  } finally {
    await file.close();
  }
}
