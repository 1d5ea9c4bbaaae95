/** One buffer from first look to removal; whatever goes wrong with it stays with it. */
import { BufferAccount } from './buffer-account.js';
import { beginArchive, type CompressedCopy } from '../buffer/index.js';
import { bufferFormat } from './buffer-format.js';
import { failureFields, sentence } from './failure.js';
import { refuseIrregular, type FoundBuffer } from './found-buffers.js';
import { newReader } from './new-reader.js';
import { fileState } from './quiet-file.js';
import { readThrough } from './read-through.js';
import type { RecoveryContext } from './recovery-context.js';
import { settleBuffer } from './settle-buffer.js';
import type { BufferSummary } from './summary.js';

/** Hold the lock of the buffer's run. Never rejects. */
export async function recoverBuffer(
  buffer: FoundBuffer,
  context: RecoveryContext,
): Promise<BufferSummary> {
  const { log } = context;
  let begun: CompressedCopy | undefined;
  let account = new BufferAccount(buffer.path, buffer.named?.session);
  try {
    await refuseIrregular(buffer, context.fs);
    // A file without a run in its name is protected by no lock: it could still be written to.
    const before = buffer.named ? undefined : await fileState(buffer.path, context);
    const format = await bufferFormat(buffer, context.fs);
    if (format === 'foreign') {
      log.debug({ path: buffer.path }, 'A file that is no buffer lies among the buffers');
      return account.summary('foreign', 'no record in it is of a known kind; it is left alone');
    }
    const reader = newReader(format, buffer, context);
    account = reader.account;
    begun = await archiveBegun(buffer, context);
    const finished = await readThrough(buffer, reader, context);
    const summary = finished
      ? await settleBuffer(buffer, reader, context, { before, begun })
      : account.summary('kept', 'stopped before its end; the next recovery takes it up again');
    tell(summary, context);
    return summary;
  } catch (error) {
    log.error(
      { ...failureFields(error), path: buffer.path },
      'A buffer could not be recovered; it stays where it is',
    );
    return account.summary('failed', sentence(error));
  } finally {
    await begun?.discard();
  }
}

/** A large buffer is compressed while it is read: the store keeps one processor busy, not two. */
async function archiveBegun(
  { path }: FoundBuffer,
  { archive: { archiveDir, archiveDays }, batch, dryRun, fs }: RecoveryContext,
): Promise<CompressedCopy | undefined> {
  if (dryRun || archiveDays <= 0) return undefined;
  const { size } = await fs.stat(path);
  return size > batch.bytes ? beginArchive(path, archiveDir, fs) : undefined;
}

function tell(summary: BufferSummary, { log }: RecoveryContext): void {
  const { quarantined_lines: quarantined, torn_bytes: torn, holes } = summary;
  if (quarantined > 0 || torn > 0 || holes.length > 0) {
    log.warn(summary, 'A buffer was damaged; what could not be read is in the quarantine');
  } else if (summary.status === 'kept') {
    log.warn(summary, 'A buffer has to stay until the next recovery');
  } else {
    log.info(summary, 'A buffer of a dead writer was dealt with');
  }
}
