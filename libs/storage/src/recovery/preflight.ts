/**
 * Everything that happens before a writer starts: the databases are looked at, what is lost of them
 * is rebuilt, and the buffers of dead writers are replayed.
 */
import { StorageError } from '../errors.js';
import type { Stores } from '../store/store.js';
import type { CheckOptions } from '../store/examine/check-database.js';
import { DatabaseRepair, type DatabaseReport } from './database/repair-database.js';
import { recoverBuffers, type RecoverBuffersOptions } from './recover-buffers.js';
import { newContext } from './recovery-context.js';
import type { RecoverySummary } from './summary.js';

export interface PreflightOptions extends RecoverBuffersOptions {
  readonly databasePath: string;
  readonly demoDatabasePath: string;
  readonly check?: CheckOptions;
  /** Databases that are set aside and rebuilt although they are sound. */
  readonly replace?: (emulated: boolean) => boolean;
}

export interface PreflightSummary extends RecoverySummary {
  readonly databases: readonly DatabaseReport[];
}

/**
 * Rejects with StorageError `store_foreign` or `store_too_new` before anything is changed: the
 * configuration names a file that is not this program's. Everything else stands in the summary.
 */
export async function preflight(options: PreflightOptions): Promise<PreflightSummary> {
  const { databasePath, demoDatabasePath, check, replace = () => false } = options;
  const context = newContext(options, () => undefined);
  const repairs = [
    new DatabaseRepair(databasePath, false, context, { check, replace: replace(false) }),
    new DatabaseRepair(demoDatabasePath, true, context, { check, replace: replace(true) }),
  ];
  for (const repair of repairs) await repair.prepare();
  for (const repair of repairs) await repair.rebuild(options.onProgress);
  const unusable = repairs.map(({ report }) => report).filter((_, i) => !repairs[i]?.usable);
  const stores = guarded(options.stores, unusable);
  // A rebuild that is not finished, or cannot begin yet, needs every archive there is.
  const keepArchives = repairs.some((repair) => repair.owed || !repair.usable);
  const summary = await recoverBuffers({ ...options, stores, keepArchives });
  for (const repair of repairs) await repair.finish();
  for (const repair of repairs) await repair.bringNotes();
  return { ...summary, databases: repairs.map(({ report }) => report) };
}

/** Keeps buffers out of a damaged database that could not be set aside. */
function guarded(stores: Stores, unusable: readonly DatabaseReport[]): Stores {
  return {
    get: (emulated) => {
      const damaged = unusable.find((report) => report.emulated === emulated);
      if (damaged === undefined) return stores.get(emulated);
      return Promise.reject(
        new StorageError(
          'store_damaged',
          `The database ${damaged.path} is damaged and could not be set aside: ${damaged.error ?? ''}`,
        ),
      );
    },
    close: () => stores.close(),
  };
}
