/**
 * Tells what a file without a run in its name is, by what stands in it: a buffer of this system that
 * somebody renamed or brought back from the archive, one of the predecessor, or nothing of ours.
 */
import { scanSegment } from '../buffer/index.js';
import type { FileSystem } from '../buffer/file-system.js';
import { looksLegacy } from './legacy/legacy-line.js';
import type { FoundBuffer } from './found-buffers.js';

export type BufferFormat = 'records' | 'legacy' | 'foreign';

/** So far into a file a first line that tells must stand; what comes before is damage. */
const LOOK_BYTES = 1_048_576;

export async function bufferFormat(
  { path, name, named }: FoundBuffer,
  fs: FileSystem,
): Promise<BufferFormat> {
  if (named !== undefined) return 'records';
  for await (const line of scanSegment(path, { fs })) {
    if (line.kind === 'record') return 'records';
    if (line.kind === 'foreign' && looksLegacy(line.value)) return 'legacy';
    if (line.offset > LOOK_BYTES) break;
  }
  // Killed at its first line: only the name is left to tell.
  return /^session_\d+_buffer\.jsonl$/.test(name) ? 'legacy' : 'foreign';
}
