/** The spool of this source, or a clear word about who holds it. */
import { join } from 'node:path';
import type { Log } from '@elmetron/protocol';
import type { AppConfig } from '@elmetron/runtime';
import { Spool, StorageError } from '@elmetron/storage/spool';
import { patiently, type Patience } from '../process/patience.js';

type SpoolConfig = Pick<
  AppConfig['acquisition'],
  'source' | 'spool_dir' | 'spool_max_bytes' | 'memory_limit_records'
>;

/** @throws StorageError `lock_held` when another acquisition works on it; others as `Spool.open`. */
export async function openSpool(
  { source, spool_dir, spool_max_bytes, memory_limit_records }: SpoolConfig,
  parts: Patience & { readonly log: Log },
): Promise<Spool> {
  const dir = join(spool_dir, source);
  const open = (): Promise<Spool> =>
    Spool.open({
      dir,
      maxBytes: spool_max_bytes,
      cacheRecords: memory_limit_records,
      source,
      clock: parts.clock,
      log: parts.log,
    });
  try {
    return await patiently('lock_held', open, parts);
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'lock_held') throw error;
    throw new StorageError(
      'lock_held',
      `Another acquisition already runs with the spool ${dir}: stop it first, or give this one its ` +
        `own acquisition.source.`,
      { cause: error },
    );
  }
}
