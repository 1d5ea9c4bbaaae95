/** What every step of a recovery shares: where things lie, what may be used, and who is told. */
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Clock, Log } from '@elmetron/protocol';
import { nodeFileSystem, type FileSystem } from '../buffer/file-system.js';
import { Quarantine, type ArchiveSettings } from '../buffer/index.js';
import type { Store, Stores } from '../store/store.js';
import { Patience } from './patience.js';

export interface RecoveryOptions {
  readonly capturesDir: string;
  readonly stores: Stores;
  /** How long removed buffers are kept under `<captures>/archive`; 0 = not at all. */
  readonly archiveDays: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Looks and counts only: no store is opened, no file changed. */
  readonly dryRun?: boolean;
  /** Aborted: stops after the present batch; what is not done stays for the next time. */
  readonly signal?: AbortSignal;
  /** How long to wait for a locked database before a buffer counts as failed; 30 s. */
  readonly lockedMs?: number;
  /** How long a file that no lock protects must have been left alone before it is removed; 3 s. */
  readonly quietMs?: number;
  /** About what makes one transaction; 4 MiB or 1024 records, whichever comes first. */
  readonly batch?: { readonly bytes: number; readonly records: number };
  readonly fs?: FileSystem;
}

/** A session whose `session_end` was seen, with what that promises. */
export interface EndedSession {
  readonly emulated: boolean;
  readonly measurementCount: number;
}

export interface RecoveryContext {
  readonly stores: Stores;
  /** Undefined when nothing may be changed beside what is being made. */
  readonly quarantine: Quarantine | undefined;
  /** Where an archive is unpacked for the time that it is read. */
  readonly unpackedPath: (archive: string) => string;
  readonly archive: ArchiveSettings;
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal | undefined;
  readonly patience: Patience;
  readonly dryRun: boolean;
  /** About so many bytes or records make one transaction. */
  readonly batch: { readonly bytes: number; readonly records: number };
  /** How long a file without a run must have been left alone before it is removed, in ms. */
  readonly quietMs: number;
  /** Whether a session is of an emulated meter, as far as a line of this recovery said so. */
  readonly emulated: Map<string, boolean>;
  readonly ended: Map<string, EndedSession>;
  /** `bytes` more are dealt with. */
  readonly advance: (path: string, bytes: number) => void;
}

export function newContext(
  options: RecoveryOptions,
  advance: RecoveryContext['advance'],
): RecoveryContext {
  const { capturesDir, archiveDays, clock, log, signal, stores, dryRun = false } = options;
  const { fs = nodeFileSystem() } = options;
  return {
    stores,
    quarantine: dryRun
      ? undefined
      : new Quarantine({ dir: join(capturesDir, 'quarantine'), fs, clock }),
    unpackedPath: (archive) =>
      dryRun
        ? join(tmpdir(), `${process.pid}-${basename(archive)}.unpacked`)
        : `${archive}.unpacked`,
    archive: { archiveDir: join(capturesDir, 'archive'), archiveDays },
    fs,
    clock,
    log,
    signal,
    patience: new Patience({
      lockedMs: options.lockedMs ?? 30_000,
      retryEveryMs: 200,
      clock,
      signal,
    }),
    dryRun,
    batch: options.batch ?? { bytes: 4_194_304, records: 1024 },
    quietMs: options.quietMs ?? 3_000,
    emulated: new Map(),
    ended: new Map(),
    advance,
  };
}

/** Runs `work` in the right store, however long (within reason) that is locked. */
export function inStore<T>(
  { stores, patience }: Pick<RecoveryContext, 'stores' | 'patience'>,
  emulated: boolean,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  return patience.insist(async () => work(await stores.get(emulated)));
}
