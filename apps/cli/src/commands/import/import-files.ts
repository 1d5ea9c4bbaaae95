/** `elmetron import`: files of the predecessor, one after the other, into the databases. */
import { silentLog } from '@elmetron/protocol/offline';
import type { AppConfig } from '@elmetron/runtime';
import {
  importPredecessor,
  importPredecessorBuffer,
  openLockedStores,
  openSqliteStore,
  StorageError,
  type ImportSummary,
  type Stores,
} from '@elmetron/storage';
import { throwIfInterrupted } from '../../cli-error.js';
import type { CommandContext } from '../../context.js';
import { EXIT, exitCodeOf, type ExitCode } from '../../exit-codes.js';
import { progressBar } from '../../terminal/progress-bar.js';
import type { ImportFilesOptions } from './command.js';
import { importText, totalText } from './import-text.js';
import { kindOf, type PredecessorFile } from './predecessor-file.js';

export interface ImportedFile {
  readonly path: string;
  /** null: it could not be read, or not to its end; what was read before is imported. */
  readonly summary: ImportSummary | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** So long one call waits for another program's lock; the import itself tries for longer. */
const BUSY_TIMEOUT_MS = 1_000;

export async function importFiles(
  context: CommandContext,
  { dryRun = false }: ImportFilesOptions,
  paths: readonly string[],
): Promise<ExitCode | undefined> {
  const { clock, signal } = context;
  const { storage } = (await context.config()).app;
  // All of them, before anything is changed because of one.
  const given: PredecessorFile[] = [];
  for (const path of new Set(paths)) given.push(await kindOf(path));
  const stores = openLockedStores({
    databasePath: storage.database_path,
    demoDatabasePath: storage.demo_database_path,
    open: async (path) =>
      openSqliteStore({ path, busyTimeoutMs: BUSY_TIMEOUT_MS, clock, log: silentLog }),
  });
  const files: ImportedFile[] = [];
  try {
    for (const file of given) {
      if (signal.aborted) break;
      files.push(await importOne(context, file, { storage, stores, dryRun }));
    }
  } finally {
    await stores.close();
  }
  tell(context, files, dryRun);
  throwIfInterrupted(signal);
  const [failed] = files.flatMap(({ error }) => error ?? []);
  return failed === undefined ? EXIT.ok : exitCodeOf(failed.code);
}

interface Target {
  readonly storage: AppConfig['storage'];
  readonly stores: Stores;
  readonly dryRun: boolean;
}

async function importOne(
  { voice, clock, signal }: CommandContext,
  { path, kind }: PredecessorFile,
  { storage, stores, dryRun }: Target,
): Promise<ImportedFile> {
  let bar: ReturnType<typeof progressBar> | undefined;
  const onProgress = ({ done, total }: { readonly done: number; readonly total: number }): void =>
    (bar ??= progressBar(
      voice,
      kind === 'database' ? 'Importing frames' : 'Importing bytes',
      total,
    )).show(done);
  const shared = { path, stores, clock, log: silentLog, signal, dryRun, onProgress };
  try {
    const summary =
      kind === 'database'
        ? await importPredecessor({
            ...shared,
            databasePath: storage.database_path,
            demoDatabasePath: storage.demo_database_path,
          })
        : await importPredecessorBuffer({ ...shared, capturesDir: storage.captures_dir });
    return { path, summary, error: null };
  } catch (error) {
    // One file is not to blame for another.
    if (!(error instanceof StorageError)) throw error;
    return { path, summary: null, error: { code: error.code, message: error.message } };
  } finally {
    bar?.end();
  }
}

function tell({ voice }: CommandContext, files: readonly ImportedFile[], dryRun: boolean): void {
  const summaries = files.flatMap(({ summary }) => summary ?? []);
  if (voice.json) {
    const sum = (of: (summary: ImportSummary) => number): number =>
      summaries.reduce((total, summary) => total + of(summary), 0);
    voice.value({
      dry_run: dryRun,
      imported_measurements: sum((s) => s.imported_measurements),
      already_stored_measurements: sum((s) => s.already_stored_measurements),
      corrected_measurements: sum((s) => s.corrected_measurements),
      failed: files.length - summaries.length,
      files,
    });
  } else {
    for (const summary of summaries)
      for (const line of importText(summary, dryRun)) voice.line(line);
    if (summaries.length > 1) voice.line(totalText(summaries, dryRun));
  }
  for (const { error } of files) if (error !== null) voice.complain(error.code, error.message);
}
