export { AppendFile } from './append-file.js';
export type { CompressedCopy } from './compressed-copy.js';
export { archiveSegment, beginArchive, pruneArchive } from './archive.js';
export { bufferFileName, parseBufferFileName, type BufferFileName } from './buffer-file-name.js';
export { DatabaseLock } from './database-lock.js';
export { makeDurableDirectory } from './durable-directory.js';
export { nodeFileSystem, type FileSystem, type OpenFile } from './file-system.js';
export {
  quarantineFileName,
  type QuarantineEntry,
  type QuarantineRange,
} from './quarantine-entry.js';
export { quarantined, type QuarantinedFile } from './quarantined.js';
export { Quarantine, type QuarantineOptions } from './quarantine.js';
export { linesOfRun, type MeasurementRun } from './measurement-run.js';
export { removeSegment, type ArchiveSettings } from './removal.js';
export { lockFileName, parseLockFileName, RunLock } from './run-lock.js';
export {
  scanSegment,
  scanSegmentPieces,
  type ScannedLine,
  type ScanOptions,
} from './segment-scanner.js';
export {
  SessionBuffer,
  type BufferRange,
  type BufferSegment,
  type SessionBufferOptions,
} from './session-buffer.js';
