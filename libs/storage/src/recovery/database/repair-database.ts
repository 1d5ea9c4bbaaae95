/**
 * One database before a writer starts: looked at, and if it is damaged or gone, set aside and filled
 * again from what still exists.
 *
 * ```
 *   prepare   check ─ damaged ─▶ note that a rebuild is owed ─▶ move aside (no process may have it open)
 *                   ─ missing, but there is an archive for it ─▶ note
 *   rebuild   replay the archive, as long as the note is there
 *             (then, by whoever calls: the buffers)
 *   finish    take over what only the one set aside has, list what it does not give ─▶ remove the note
 * ```
 * Killed anywhere, the next recovery goes on by the note.
 */
import { basename } from 'node:path';
import { DatabaseLock } from '../../buffer/index.js';
import { StorageError } from '../../errors.js';
import { failureFields, sentence } from '../failure.js';
import { inStore, type RecoveryContext } from '../recovery-context.js';
import { hasArchiveFor } from './archived-buffers.js';
import { takeOver, uncompared, type BeyondReach } from './beyond-reach.js';
import {
  checkDatabase,
  type CheckOptions,
  type DatabaseState,
} from '../../store/examine/check-database.js';
import { bringNotes } from './bring-notes.js';
import { moveAside } from './move-aside.js';
import { noteOwedRebuild, owedRebuild, settleOwedRebuild } from './owed-rebuild.js';
import type { RecoveryProgress } from '../summary.js';
import { rebuildDatabase } from './rebuild-database.js';

export interface DatabaseReport {
  readonly path: string;
  readonly emulated: boolean;
  /** `unknown` when it could not be examined; `error` says why. */
  readonly state: DatabaseState['state'] | 'unknown';
  /** What is wrong with a damaged one. */
  readonly finding: string | null;
  /** Where a damaged one is now. */
  readonly set_aside: string | null;
  /** Measurements that came back from the archive. */
  readonly rebuilt_measurements: number;
  /** What one that was set aside held and neither archive nor buffers had, taken over or not. */
  readonly beyond_reach: readonly BeyondReach[];
  /** Archives that could not be read to their end. */
  readonly unreadable_archives: readonly string[];
  /** What could not be done; the next recovery tries again. */
  readonly error: string | null;
}

type Changing<T> = { -readonly [K in keyof T]: T[K] };

export class DatabaseRepair {
  readonly #context: RecoveryContext;
  readonly #check: CheckOptions;
  readonly #replace: boolean;
  readonly #report: Changing<DatabaseReport>;
  #owed: string | undefined;
  #replayed = false;

  /** @param options.replace a sound one is set aside and rebuilt all the same */
  constructor(
    path: string,
    emulated: boolean,
    context: RecoveryContext,
    options: { readonly check?: CheckOptions | undefined; readonly replace?: boolean } = {},
  ) {
    this.#context = context;
    this.#check = options.check ?? {};
    this.#replace = options.replace ?? false;
    this.#report = {
      path,
      emulated,
      state: 'unknown',
      finding: null,
      set_aside: null,
      rebuilt_measurements: 0,
      beyond_reach: [],
      unreadable_archives: [],
      error: null,
    };
  }

  get report(): DatabaseReport {
    return this.#report;
  }

  /** False while a damaged file stands in its place: nothing must be written into that. */
  get usable(): boolean {
    return this.#report.state !== 'damaged' || this.#report.set_aside !== null;
  }

  /** A rebuild is not finished. */
  get owed(): boolean {
    return this.#owed !== undefined;
  }

  /** Throws only for what no recovery can help: `store_foreign`, `store_too_new`. */
  async prepare(): Promise<void> {
    const { path } = this.#report;
    await this.#step('examined', async () => {
      const found = await this.#examine();
      this.#owed = await owedRebuild(path);
      const why = await this.#reason(found);
      if (why === undefined) return;
      if (this.#context.dryRun) this.#owed ??= why;
      else if (found.state === 'missing') await this.#owe(why);
      else await this.#setAside(why, found.state === 'damaged' ? 'damaged' : 'replaced');
    });
  }

  async rebuild(onProgress?: (progress: RecoveryProgress) => void): Promise<void> {
    const { log, dryRun } = this.#context;
    if (this.#owed === undefined || !(this.usable || dryRun)) return;
    await this.#step('rebuilt', async () => {
      const { path, emulated } = this.#report;
      if (!dryRun) log.warn({ path }, 'A database is being rebuilt from the archive');
      const result = await rebuildDatabase(emulated, this.#context, onProgress);
      this.#report.rebuilt_measurements = result.measurements;
      this.#report.unreadable_archives = result.unreadable;
      this.#replayed = result.finished;
      if (!dryRun) log.warn({ path, ...result }, 'A database was rebuilt from the archive');
    });
  }

  /** After all else: into whatever database there is now, rebuilt or not. */
  async bringNotes(): Promise<void> {
    const { path, emulated } = this.#report;
    if (this.#context.dryRun || !this.usable) return;
    await this.#step('given its notes', () => bringNotes(path, emulated, this.#context));
  }

  /** After the buffers have been replayed too. */
  async finish(): Promise<void> {
    const { dryRun, signal } = this.#context;
    if (this.#owed === undefined || !this.#replayed || dryRun || signal?.aborted === true) return;
    await this.#step('compared with what it was', async () => {
      const { path, emulated } = this.#report;
      const { fs, log } = this.#context;
      await this.#recordRebuilt();
      for (const aside of await uncompared(path, fs)) {
        const beyond = await takeOver(aside, path, emulated, this.#context);
        if (beyond === undefined) return;
        this.#report.beyond_reach = [...this.#report.beyond_reach, beyond];
        log.error(beyond, 'What only a database set aside held is taken over or listed');
      }
      await settleOwedRebuild(path, fs);
      this.#owed = undefined;
    });
  }

  async #examine(): Promise<DatabaseState> {
    const { path } = this.#report;
    const found = await checkDatabase(path, this.#check);
    this.#report.state = found.state;
    if (found.state === 'damaged') {
      this.#report.finding = found.finding;
      this.#context.log.error({ path, finding: found.finding }, 'The database is damaged');
    }
    if (found.state === 'unchecked') {
      this.#context.log.warn(
        { path, bytes: found.bytes },
        'The database is too large to be read through at every start; only its schema was looked at',
      );
    }
    return found;
  }

  /** Why it is to be rebuilt, if it is. */
  async #reason(found: DatabaseState): Promise<string | undefined> {
    if (found.state === 'damaged') return `damaged: ${found.finding}`;
    if (found.state === 'missing') {
      const { archive, fs } = this.#context;
      const has = await hasArchiveFor(this.#report.emulated, archive.archiveDir, fs);
      return has ? 'missing' : undefined;
    }
    // With the note there, it was set aside already, and this is what has been rebuilt so far.
    return this.#replace && this.#owed === undefined ? 'replaced, as was asked for' : undefined;
  }

  async #setAside(why: string, as: 'damaged' | 'replaced'): Promise<void> {
    const { path } = this.#report;
    const { clock, fs, log, patience } = this.#context;
    const lock = await patience.insist(async () => DatabaseLock.acquireExclusive(path));
    try {
      // Anew: while this one waited, another recovery may have done it.
      const { state } = await this.#examine();
      if (state === 'missing' || (state === 'damaged') !== (as === 'damaged')) return;
      await this.#owe(why);
      this.#report.set_aside = await moveAside(path, as, clock.now(), fs);
      log.error({ path, set_aside: this.#report.set_aside, why }, 'The database was set aside');
    } finally {
      lock.release();
    }
  }

  async #owe(why: string): Promise<void> {
    if (this.#owed !== undefined) return;
    const note = `${new Date(this.#context.clock.now()).toISOString()} ${why}`;
    await noteOwedRebuild(this.#report.path, note, this.#context.fs);
    this.#owed = note;
  }

  async #recordRebuilt(): Promise<void> {
    const { path, emulated, rebuilt_measurements } = this.#report;
    await inStore(this.#context, emulated, (store) =>
      store.recordEvent({
        key: `rebuilt:${this.#owed ?? ''}`,
        at: new Date(this.#context.clock.now()).toISOString(),
        level: 'error',
        category: 'recovery',
        message: 'The database was rebuilt from the archive and the buffers',
        payload: { database: basename(path), why: this.#owed ?? '', rebuilt_measurements },
      }),
    );
  }

  async #step(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const code = error instanceof StorageError ? error.code : undefined;
      if (code === 'store_foreign' || code === 'store_too_new') throw error;
      this.#report.error ??= sentence(error);
      this.#context.log.error(
        { ...failureFields(error), path: this.#report.path },
        `A database could not be ${what}`,
      );
    }
  }
}
