/**
 * Holds buffers, archive and databases against each other. It reads only, beside a writer at work: what rests in a
 * buffer and is not in the database yet is on its way; what the archive has, the database has had.
 *
 * ```
 *   databases  SQLite's own check ─▶ every reading against its raw frame ─▶ every session's figures against its rows
 *   archive    every record ─▶ is it in the database, with this content?
 *   buffers    the same; absent means on its way
 *   numbers    that no event explains and no buffer has ─▶ missing
 * ```
 */
import { join } from 'node:path';
import type { Clock, Log } from '@elmetron/protocol';
import { NotesJournal } from '../annotations/index.js';
import { exists, nodeFileSystem, type FileSystem } from '../buffer/file-system.js';
import { quarantined, type QuarantinedFile } from '../buffer/index.js';
import { StorageError } from '../errors.js';
import {
  archivedBuffers,
  withUnpacked,
  type ArchivedBuffer,
} from '../recovery/database/archived-buffers.js';
import { owedRebuild } from '../recovery/database/owed-rebuild.js';
import { bufferFormat } from '../recovery/buffer-format.js';
import { findBuffers, refuseIrregular, type FoundBuffer } from '../recovery/found-buffers.js';
import { newReader } from '../recovery/new-reader.js';
import { nowhereStore } from '../recovery/nowhere-store.js';
import { readThrough } from '../recovery/read-through.js';
import { newContext, type RecoveryContext } from '../recovery/recovery-context.js';
import { runsWithBuffers } from '../recovery/runs-with-buffers.js';
import type { RecoveryProgress } from '../recovery/summary.js';
import { ComparingStore } from '../store/index.js';
import type { SessionHoles, Stores } from '../store/store.js';
import { verifyDatabase } from './verify-database.js';
import type { VerifiedDatabase, VerifiedFile, VerifyReport } from './verify-report.js';
import { withoutRanges } from './without-ranges.js';

export interface VerifyOptions {
  readonly capturesDir: string;
  readonly databasePath: string;
  readonly demoDatabasePath: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Does not hold each reading of the database against its raw frame. */
  readonly quick?: boolean;
  /** Aborted: stops after the present piece; the report says `interrupted`. */
  readonly signal?: AbortSignal;
  /** How long to wait for another program that holds a database, in ms; 5000. */
  readonly busyTimeoutMs?: number;
  readonly onProgress?: (progress: RecoveryProgress) => void;
  readonly fs?: FileSystem;
}

/** Rejects with StorageError `store_foreign`, `store_too_new`, `store_locked`: then nothing can be said. */
export async function verifyCapture(options: VerifyOptions): Promise<VerifyReport> {
  const verification = new Verification(options);
  try {
    return await verification.run();
  } finally {
    await verification.close();
  }
}

class Verification {
  readonly #options: VerifyOptions;
  readonly #fs: FileSystem;
  readonly #context: RecoveryContext;
  readonly #stores = new Map<boolean, ComparingStore>();
  /** Databases that cannot be read. */
  readonly #incomparable = new Set<boolean>();
  readonly #problems: string[] = [];
  readonly #known: string[] = [];
  #quarantined: Promise<readonly QuarantinedFile[]> | undefined;
  #bytes = 0;
  #totalBytes = 0;

  constructor(options: VerifyOptions) {
    this.#options = options;
    this.#fs = options.fs ?? nodeFileSystem();
    const { capturesDir, clock, log, signal } = options;
    const stores: Stores = {
      // What is not comparable has been told, and what rests elsewhere is read all the same.
      get: async (emulated) =>
        this.#incomparable.has(emulated) ? nowhereStore : this.#store(emulated),
      close: () => Promise.resolve(),
    };
    const given = { capturesDir, clock, log, stores, archiveDays: 0, dryRun: true, fs: this.#fs };
    const context = newContext({ ...given, ...(signal && { signal }) }, (path, bytes) => {
      this.#advance(path, bytes);
    });
    // Of a dry run it has that nothing is changed; but it is to ask the store, which takes nothing.
    this.#context = { ...context, dryRun: false };
  }

  async run(): Promise<VerifyReport> {
    const { signal, capturesDir } = this.#options;
    const archives = await archivedBuffers(join(capturesDir, 'archive'), this.#fs);
    const { runs } = await findBuffers(capturesDir, this.#fs);
    const buffers = [...runs.values()].flat();
    this.#totalBytes = [...archives, ...buffers].reduce((sum, { size }) => sum + size, 0);
    const looked: Omit<VerifiedDatabase, 'missing'>[] = [];
    for (const emulated of [false, true]) looked.push(await this.#database(emulated));
    const verifiedArchives: VerifiedFile[] = [];
    for (const archive of archives) {
      if (signal?.aborted === true) break;
      const verified = await this.#archive(archive);
      if (verified !== undefined) verifiedArchives.push(verified);
    }
    const verifiedBuffers = await this.#buffers(buffers);
    const databases = looked.map((one) => ({ ...one, missing: this.#missing(one.emulated) }));
    for (const emulated of [false, true]) await this.#notes(emulated);
    await this.#quarantine();
    return {
      whole: this.#problems.length === 0,
      problems: this.#problems,
      known: this.#known,
      on_its_way: verifiedBuffers.reduce((sum, { absent }) => sum + absent, 0),
      databases,
      buffers: verifiedBuffers,
      archives: verifiedArchives,
      interrupted: signal?.aborted ?? false,
    };
  }

  async close(): Promise<void> {
    for (const store of this.#stores.values()) await store.close();
  }

  #path(emulated: boolean): string {
    const { databasePath, demoDatabasePath } = this.#options;
    return emulated ? demoDatabasePath : databasePath;
  }

  #store(emulated: boolean): ComparingStore {
    let store = this.#stores.get(emulated);
    if (store === undefined) {
      store = ComparingStore.open(this.#path(emulated), this.#options.busyTimeoutMs ?? 5_000);
      this.#stores.set(emulated, store);
    }
    return store;
  }

  async #database(emulated: boolean): Promise<Omit<VerifiedDatabase, 'missing'>> {
    const path = this.#path(emulated);
    const owed = await owedRebuild(path);
    if (owed !== undefined) this.#problems.push(`The rebuild of ${path} is not finished: ${owed}`);
    const { quick = false, signal } = this.#options;
    const { problems, ...found } = await verifyDatabase({
      path,
      open: () => this.#store(emulated),
      quick,
      signal,
    });
    this.#problems.push(...problems);
    if (found.state === 'damaged' || found.state === 'unknown') this.#incomparable.add(emulated);
    return { path, emulated, ...found };
  }

  async #archive(archive: ArchivedBuffer): Promise<VerifiedFile | undefined> {
    const before = this.#compared();
    try {
      return await withUnpacked(archive, this.#context, async (buffer, damage) => {
        if (damage !== undefined) {
          this.#problems.push(`${archive.path} is damaged: ${damage.message}`);
        }
        const file = await this.#read(buffer, before, archive.path);
        if (file.absent > 0) {
          this.#problems.push(
            `${archive.path}: ${file.absent} of its ${file.records} records are not in the database.`,
          );
        }
        return file;
      });
    } catch (error) {
      // Too old, and removed by a living writer.
      if (!(await exists(archive.path, this.#fs))) return undefined;
      return this.#unreadable(archive.path, error);
    } finally {
      this.#advance(archive.path, archive.size);
    }
  }

  async #buffers(buffers: readonly FoundBuffer[]): Promise<VerifyReport['buffers']> {
    const living = new Set(
      (await runsWithBuffers(this.#options.capturesDir, this.#fs))
        .filter(({ alive }) => alive)
        .flatMap((run) => run.buffers.map(({ path }) => path)),
    );
    const verified: (VerifiedFile & { writer_alive: boolean })[] = [];
    for (const buffer of buffers) {
      if (this.#options.signal?.aborted === true) break;
      const writer_alive = living.has(buffer.path);
      const before = this.#compared();
      try {
        await refuseIrregular(buffer, this.#fs);
        verified.push({ ...(await this.#read(buffer, before)), writer_alive });
      } catch (error) {
        // Committed and removed since it was listed.
        if (!(await exists(buffer.path, this.#fs))) continue;
        verified.push({ ...this.#unreadable(buffer.path, error), writer_alive });
      }
    }
    return verified;
  }

  /** @param path under which it is told of; an archive is read unpacked, somewhere else */
  async #read(buffer: FoundBuffer, before: Tally, path = buffer.path): Promise<VerifiedFile> {
    const { name } = buffer;
    const format = await bufferFormat(buffer, this.#fs);
    if (format === 'foreign') {
      this.#problems.push(`${path} holds nothing that this program knows.`);
      return { path, records: 0, absent: 0, conflicts: 0, damaged_lines: 0 };
    }
    const reader = newReader(format, buffer, this.#context);
    await readThrough(buffer, reader, this.#context);
    const { records, damaged, damage } = reader.account;
    const after = this.#compared();
    const conflicts = after.conflicts - before.conflicts;
    if (damaged > 0) {
      const at = damage.map(({ offset, reason }) => `${offset} (${reason})`).slice(0, SHOWN);
      const known = await this.#setAside(name);
      const words = `${path}: ${damaged} lines are no records any more, at byte ${at.join(', ')}.`;
      (known ? this.#known : this.#problems).push(words);
    }
    if (conflicts > 0) {
      this.#problems.push(`${path}: ${conflicts} records are in the database with other content.`);
    }
    const refused = after.knownConflicts - before.knownConflicts;
    if (refused > 0) this.#known.push(`${path}: ${refused} records were refused as conflicts.`);
    return {
      path,
      records,
      absent: after.absent - before.absent,
      conflicts,
      damaged_lines: damaged,
    };
  }

  /** Whether the recovery that archived it has kept its damaged lines. */
  async #setAside(name: string): Promise<boolean> {
    return (await this.#inQuarantine()).some(({ path }) => path.includes(name));
  }

  #unreadable(path: string, error: unknown): VerifiedFile {
    if (error instanceof StorageError && error.code.startsWith('store_')) throw error;
    const said = error instanceof Error ? error.message : String(error);
    this.#problems.push(`${path} cannot be read: ${said}`);
    return { path, records: 0, absent: 0, conflicts: 0, damaged_lines: 0 };
  }

  #missing(emulated: boolean): readonly SessionHoles[] {
    const store = this.#stores.get(emulated);
    if (store === undefined || this.#incomparable.has(emulated)) return [];
    const missing = store.holes().flatMap(({ session, missing: ranges }) => {
      const left = withoutRanges(ranges, store.absentOf(session));
      return left.length === 0 ? [] : [{ session, missing: left }];
    });
    for (const { session, missing: ranges } of missing) {
      const shown = ranges.slice(0, SHOWN).map(({ from, to }) => `${from} to ${to}`);
      const count = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
      this.#problems.push(
        `Session ${session} lacks ${count} numbers that nothing explains: ${shown.join(', ')}.`,
      );
    }
    return missing;
  }

  async #notes(emulated: boolean): Promise<void> {
    const journal = new NotesJournal(this.#path(emulated), this.#fs);
    const { annotations, unreadable } = await journal.read();
    if (unreadable > 0) {
      this.#problems.push(`${journal.path}: ${unreadable} lines are no notes any more.`);
    }
    if (annotations.length === 0 || this.#incomparable.has(emulated)) return;
    const here = await this.#store(emulated).annotate(annotations);
    if (here === annotations.length) return;
    this.#known.push(
      `${journal.path}: ${annotations.length - here} notes are in it alone; the next recovery brings them into the database when their session is there.`,
    );
  }

  async #quarantine(): Promise<void> {
    for (const { path, reasons } of await this.#inQuarantine()) {
      const words = Object.entries(reasons).map(([reason, n]) => `${n} ${reason}`);
      this.#known.push(`${path} keeps what could not be taken: ${words.join(', ')}.`);
    }
  }

  /** Read once: it has no upper bound. */
  #inQuarantine(): Promise<readonly QuarantinedFile[]> {
    const directory = join(this.#options.capturesDir, 'quarantine');
    return (this.#quarantined ??= quarantined(directory, this.#fs));
  }

  #compared(): Tally {
    const all = [...this.#stores.values()].map(({ compared }) => compared);
    const sum = (of: keyof Tally) => all.reduce((total, one) => total + one[of], 0);
    return {
      absent: sum('absent'),
      conflicts: sum('conflicts'),
      knownConflicts: sum('knownConflicts'),
    };
  }

  #advance(path: string, bytes: number): void {
    // What an archive comes to when it is unpacked is nobody's progress.
    if (path.endsWith('.unpacked')) return;
    this.#bytes += bytes;
    this.#options.onProgress?.({ path, bytes: this.#bytes, totalBytes: this.#totalBytes });
  }
}

type Tally = ComparingStore['compared'];

/** As many places as a person would look at. */
const SHOWN = 10;
