/**
 * Imports a buffer of the predecessor from wherever it lies, by the reader that recovery has for those among the
 * captures. The file is only read, and stays; recovery removes its own when they are in the store.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { nodeFileSystem } from '../buffer/file-system.js';
import { StorageError } from '../errors.js';
import { bufferFormat } from '../recovery/buffer-format.js';
import { sentence } from '../recovery/failure.js';
import { refuseIrregular, type FoundBuffer } from '../recovery/found-buffers.js';
import { LegacyImport } from '../recovery/legacy/legacy-import.js';
import { nowhereStores } from '../recovery/nowhere-store.js';
import { readThrough } from '../recovery/read-through.js';
import {
  inStore,
  newContext,
  type RecoveryContext,
  type RecoveryOptions,
} from '../recovery/recovery-context.js';
import type { ImportOptions } from './import-predecessor.js';
import { compared, emptySummary, type ImportSummary } from './import-summary.js';

export interface ImportBufferOptions extends Omit<
  ImportOptions,
  'databasePath' | 'demoDatabasePath' | 'onProgress'
> {
  /** Lines that cannot be read are copied into its `quarantine`. */
  readonly capturesDir: string;
  /** What makes one transaction; see `RecoveryOptions`. */
  readonly batch?: NonNullable<RecoveryOptions['batch']>;
  /** Told after each batch: of `total` bytes, `done` are dealt with. */
  readonly onProgress?: ImportOptions['onProgress'];
}

/** @throws StorageError `import_foreign`, `import_unreadable`, and what the store throws; what was done before stays done. */
export async function importPredecessorBuffer(
  options: ImportBufferOptions,
): Promise<ImportSummary> {
  const { path, dryRun = false, fs = nodeFileSystem() } = options;
  const stores = dryRun ? nowhereStores : options.stores;
  const buffer = await found(path, fs);
  let done = 0;
  const context = newContext({ ...options, stores, archiveDays: 0 }, (_, bytes) => {
    done += bytes;
    options.onProgress?.({ done, total: Math.max(buffer.size, done) });
  });
  if ((await bufferFormat(buffer, fs)) !== 'legacy') throw foreign(path);
  const reader = new LegacyImport(buffer, context);
  const complete = await readThrough(buffer, reader, context);
  if (reader.setAside.problem !== undefined) throw reader.setAside.problem;
  if (!dryRun) await tell(reader, buffer, context);
  const { account, comparison, undecodable, sessions } = reader;
  const { measurements, already_stored, quarantined_lines } = account.summary('found');
  const summary: ImportSummary = {
    ...emptySummary(path, 'buffer'),
    sessions: sessions.size,
    frames: reader.frames,
    imported_measurements: measurements,
    already_stored_measurements: already_stored,
    undecodable_frames: undecodable,
    unreadable_rows: quarantined_lines + (account.torn === undefined ? 0 : 1),
    complete,
  };
  compared(summary, comparison);
  return summary;
}

async function found(path: string, fs: RecoveryContext['fs']): Promise<FoundBuffer> {
  try {
    const { size } = await fs.stat(path);
    const buffer: FoundBuffer = { path, name: basename(path), named: undefined, size };
    await refuseIrregular(buffer, fs);
    return buffer;
  } catch (cause) {
    const why = `${path} cannot be read as a buffer of the predecessor: ${sentence(cause)}`;
    throw new StorageError('import_unreadable', why, { cause });
  }
}

/** Keyed by name and places: two files of one name may be damaged in different ones. */
async function tell(
  { account, stores }: LegacyImport,
  { name }: FoundBuffer,
  context: RecoveryContext,
): Promise<void> {
  const { session, damaged, damage, torn } = account;
  if (damaged === 0 && torn === undefined) return;
  const payload = { buffer: name, lines: damaged, places: damage, torn: torn ?? null };
  const digest = createHash('sha256').update(JSON.stringify(payload)).digest('hex').slice(0, 16);
  // Damage without one whole line: nobody knows whose; it is told among the real data.
  const [emulated = false] = stores;
  await inStore(context, emulated, (store) =>
    store.recordEvent({
      key: `legacy_lines:${name}:${digest}`,
      ...(session === undefined ? {} : { session }),
      at: new Date(context.clock.now()).toISOString(),
      level: 'error',
      category: 'recovery',
      message: 'Lines of an imported buffer cannot be read; copies are in the quarantine',
      payload,
    }),
  );
}

function foreign(path: string): StorageError {
  return new StorageError(
    'import_foreign',
    `${path} is no buffer of the predecessor. "elmetron import" takes its SQLite file or its session_<id>_buffer.jsonl; buffers of this system are taken by recovery.`,
  );
}
