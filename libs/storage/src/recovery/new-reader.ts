import type { BufferFormat } from './buffer-format.js';
import type { FoundBuffer } from './found-buffers.js';
import { LegacyImport } from './legacy/legacy-import.js';
import type { BufferReader } from './read-through.js';
import type { RecoveryContext } from './recovery-context.js';
import { SegmentReplay } from './segment-replay.js';

/** Who reads a buffer of this format. */
export function newReader(
  format: Exclude<BufferFormat, 'foreign'>,
  buffer: FoundBuffer,
  context: RecoveryContext,
): BufferReader {
  return format === 'legacy'
    ? new LegacyImport(buffer, context)
    : new SegmentReplay(buffer, context);
}
