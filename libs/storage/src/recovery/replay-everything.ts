/**
 * Reads archive and buffers into a database without taking anything from anybody: no lock, no removal,
 * no torn end cut off. A living writer may archive and remove a buffer between its being listed and
 * being read; so the archive is looked at again, until nothing new is in it.
 */
import { exists } from '../buffer/file-system.js';
import { BufferAccount } from './buffer-account.js';
import { bufferFormat } from './buffer-format.js';
import { archivedBuffers, type ArchivedBuffer } from './database/archived-buffers.js';
import { replayArchives } from './database/rebuild-database.js';
import { failureFields, sentence } from './failure.js';
import { findBuffers, refuseIrregular, type FoundBuffer } from './found-buffers.js';
import { newReader } from './new-reader.js';
import { readThrough } from './read-through.js';
import type { RecoveryContext } from './recovery-context.js';
import type { RecoveryProgress } from './summary.js';

export interface ReplayedEverything {
  /** New to the database; in a dry run, all that was found. */
  readonly measurements: number;
  readonly archives: number;
  readonly buffers: number;
  readonly damagedLines: number;
  /** What could not be read to its end, with the reason. */
  readonly unreadable: readonly string[];
  /** False when it was told to stop before it was through. */
  readonly finished: boolean;
}

type Progress = ((progress: RecoveryProgress) => void) | undefined;

/** @param emulated of which meters; `context.stores` takes nothing of the others */
export async function replayEverything(
  capturesDir: string,
  emulated: boolean,
  context: RecoveryContext,
  onProgress: Progress,
): Promise<ReplayedEverything> {
  const replay = new Replay(emulated, context, onProgress);
  await replay.newArchives();
  const { runs } = await findBuffers(capturesDir, context.fs);
  const buffers = [...runs.values()].flat();
  await replay.buffers(buffers);
  while ((await replay.newArchives()) > 0);
  replay.settleGone();
  return replay.result;
}

class Replay {
  readonly #emulated: boolean;
  readonly #context: RecoveryContext;
  readonly #onProgress: Progress;
  readonly #archives = new Map<string, ArchivedBuffer>();
  readonly #unreadable: string[] = [];
  /** Buffers that their writer removed before they were read. */
  #gone: FoundBuffer[] = [];
  #measurements = 0;
  #buffers = 0;
  #damagedLines = 0;
  #finished = true;

  constructor(emulated: boolean, context: RecoveryContext, onProgress: Progress) {
    this.#emulated = emulated;
    this.#context = context;
    this.#onProgress = onProgress;
  }

  get result(): ReplayedEverything {
    return {
      measurements: this.#measurements,
      archives: this.#archives.size,
      buffers: this.#buffers,
      damagedLines: this.#damagedLines,
      unreadable: this.#unreadable,
      finished: this.#finished,
    };
  }

  /** Resolves to how many archives there were that had not been read. */
  async newArchives(): Promise<number> {
    const { archive, fs } = this.#context;
    if (!this.#finished) return 0;
    const all = await archivedBuffers(archive.archiveDir, fs);
    const fresh = all.filter(({ path }) => !this.#archives.has(path));
    for (const found of fresh) this.#archives.set(found.path, found);
    const replayed = await replayArchives(fresh, this.#emulated, this.#context, this.#onProgress);
    this.#measurements += replayed.measurements;
    this.#damagedLines += replayed.damagedLines;
    this.#unreadable.push(...replayed.unreadable);
    this.#finished = replayed.finished;
    return fresh.length;
  }

  async buffers(buffers: readonly FoundBuffer[]): Promise<void> {
    const totalBytes = buffers.reduce((sum, { size }) => sum + size, 0);
    let bytes = 0;
    for (const buffer of buffers) {
      if (!this.#finished || this.#context.signal?.aborted === true) {
        this.#finished = false;
        return;
      }
      this.#onProgress?.({ path: buffer.path, bytes, totalBytes });
      bytes += buffer.size;
      await this.#buffer(buffer);
    }
  }

  /** A buffer that is gone and in no archive: what was in it is in the database in use alone. */
  settleGone(): void {
    const archived = new Set([...this.#archives.values()].map(({ name }) => name));
    for (const { path, name } of this.#gone) {
      if (archived.has(name)) continue;
      this.#unreadable.push(
        `${path}: its writer removed it before it was read, and it is in no archive; run this again`,
      );
    }
  }

  async #buffer(buffer: FoundBuffer): Promise<void> {
    let account = new BufferAccount(buffer.path);
    try {
      await refuseIrregular(buffer, this.#context.fs);
      const format = await bufferFormat(buffer, this.#context.fs);
      if (format === 'foreign') return;
      const reader = newReader(format, buffer, this.#context);
      account = reader.account;
      this.#finished = await readThrough(buffer, reader, this.#context);
      this.#buffers++;
    } catch (error) {
      if (!(await exists(buffer.path, this.#context.fs))) {
        this.#gone.push(buffer);
        return;
      }
      this.#context.log.error(
        { ...failureFields(error), path: buffer.path },
        'A buffer could not be read to its end',
      );
      this.#unreadable.push(`${buffer.path}: ${sentence(error)}`);
    } finally {
      this.#measurements += account.inserted.measurements;
      this.#damagedLines += account.damaged;
    }
  }
}
