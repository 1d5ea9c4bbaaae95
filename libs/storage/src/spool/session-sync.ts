/**
 * Makes a session's files durable, and keeps what it owes when that fails: a file whose sync failed
 * is never synced again (it would say ok), so what it holds is written into a new file, which the
 * next sync covers. Until then the original stays, as it may be durable up to some record.
 */
import type { Log } from '@elmetron/protocol';
import { grow, type RecordBlock, type RecordIndex } from './record-index.js';
import type { Progress, SessionFiles } from './session-files.js';
import type { SpoolSegment } from './spool-segment.js';

export interface SessionSyncParts {
  readonly files: SessionFiles;
  readonly index: RecordIndex;
  readonly progress: Readonly<Progress>;
  /** The line of a number, with newline; undefined when damage took it. */
  readonly line: (seq: number) => Buffer | undefined;
  readonly log: Log;
}

/** Why a sync failed. */
export interface SyncFailure {
  readonly cause: unknown;
}

export class SessionSync {
  readonly #parts: SessionSyncParts;

  constructor(parts: SessionSyncParts) {
    this.#parts = parts;
  }

  /** One at a time. All files are tried; resolves to the first failure, or undefined. */
  async run(): Promise<SyncFailure | undefined> {
    const { files } = this.#parts;
    let failure: SyncFailure | undefined;
    for (const segment of [...files.all]) {
      if (!segment.unsynced || !files.isOwed(segment)) continue;
      try {
        await segment.sync();
        this.#proven(segment);
      } catch (cause) {
        failure ??= { cause };
        if (!segment.trusted) this.#rescue(segment);
      } finally {
        files.eraseDiscarded();
      }
    }
    return failure;
  }

  /** It is on disk: the file that it was copied from is not needed, nor, when it is full, its descriptor. */
  #proven(segment: SpoolSegment): void {
    const { files } = this.#parts;
    const original = segment.supersedes;
    segment.supersedes = undefined;
    if (original?.removed === false) files.discard([original]);
    if (segment !== files.current) segment.settle();
  }

  #rescue(segment: SpoolSegment): void {
    const { files, index, log } = this.#parts;
    if (files.current === segment) files.current = undefined;
    if (!files.isOwed(segment)) return;
    let copy: SpoolSegment | undefined;
    try {
      const blocks = index.blocksIn(segment);
      copy = files.create(this.#firstOf(blocks));
      for (const block of blocks) this.#copy(block, copy);
      this.#replaceBy(segment, copy);
      log.error({ from: segment.path, to: copy.path }, 'Spool file moved after a failed sync');
    } catch (error) {
      // It stays as it is, and the next sync tries again.
      if (copy?.blocks === 0) files.discard([copy]);
      log.error({ path: segment.path, err: error }, 'Spool file in doubt could not be copied');
    }
  }

  #firstOf([block]: readonly RecordBlock[]): number {
    const { released, last } = this.#parts.progress;
    return block ? Math.max(block.first, released + 1) : last + 1;
  }

  #replaceBy(segment: SpoolSegment, copy: SpoolSegment): void {
    const { files } = this.#parts;
    // What was itself a copy and never synced is worth no more than this one.
    const original = segment.supersedes ?? segment;
    segment.supersedes = undefined;
    copy.supersedes = original;
    if (original !== segment) files.discard([segment]);
    files.current ??= copy;
    files.dropUnneeded();
  }

  #copy(block: RecordBlock, to: SpoolSegment): void {
    const { index, line, progress } = this.#parts;
    const copies: RecordBlock[] = [];
    for (let seq = Math.max(block.first, progress.released + 1); seq <= block.last; seq++) {
      const bytes = line(seq);
      if (bytes === undefined) continue;
      const offset = to.append(bytes);
      const end = offset + bytes.length;
      to.last = seq;
      const latest = copies.at(-1);
      const grown = latest && grow(latest, seq, offset, end);
      if (grown) copies[copies.length - 1] = grown;
      else copies.push({ segment: to, first: seq, last: seq, offset, end });
    }
    index.replace(block, copies);
    // What was released of the block is no hole.
    index.release(progress.released);
  }
}
