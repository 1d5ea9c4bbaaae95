/**
 * Which files a session has in the spool: one that takes the next record, full ones before it, and
 * for a while the original of one that had to be copied. A file goes when nothing in it is owed.
 */
import { join } from 'node:path';
import type { SpoolShared } from './spool-shared.js';
import { spoolFileName } from './spool-files.js';
import { SpoolSegment } from './spool-segment.js';

/** How far a session has come. */
export interface Progress {
  /** The highest number appended. */
  last: number;
  /** All up to this one are released. */
  released: number;
  /** Nothing is appended any more. */
  finished: boolean;
}

export class SessionFiles {
  /** Takes the next record; undefined when a new file has to. */
  current: SpoolSegment | undefined;
  readonly #shared: SpoolShared;
  readonly #session: string;
  readonly #start: Uint8Array;
  readonly #progress: Readonly<Progress>;
  #segments: SpoolSegment[];
  /** Removed, but not yet from the disk. */
  #doomed: SpoolSegment[] = [];
  /** Of the names of the files: none is used twice. */
  #latestFirst: number;
  #copies: number;

  /** @param found the files of an earlier life, and the highest `copy` in their names */
  constructor(
    shared: SpoolShared,
    session: string,
    start: Uint8Array,
    progress: Readonly<Progress>,
    found?: { readonly segments: readonly SpoolSegment[]; readonly copies: number },
  ) {
    this.#shared = shared;
    this.#session = session;
    this.#start = start;
    this.#progress = progress;
    this.#segments = [...(found?.segments ?? [])];
    this.#latestFirst = found ? Infinity : 0;
    this.#copies = found?.copies ?? 0;
  }

  get all(): readonly SpoolSegment[] {
    return this.#segments;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.size, 0);
  }

  /** The file that takes the record `seq` of so many bytes. Throws StorageError `spool_full`, `buffer_unwritable`. */
  roomFor(bytes: number, seq: number): SpoolSegment {
    const { room, segmentBytes } = this.#shared;
    const { current } = this;
    const fits =
      current?.appendable === true &&
      (current.size === this.#start.length || current.size + bytes <= segmentBytes);
    room.check(fits ? bytes : bytes + this.#start.length);
    if (fits) return current;
    this.current = this.create(seq);
    return this.current;
  }

  /** @param seq the lowest number that it will take. Throws StorageError `spool_full`, `buffer_unwritable`. */
  create(seq: number): SpoolSegment {
    const { dir, files, room } = this.#shared;
    const copy = seq > this.#latestFirst ? 0 : ++this.#copies;
    this.#latestFirst = Math.max(this.#latestFirst, seq);
    const path = join(dir, spoolFileName(this.#session, seq, copy));
    const segment = SpoolSegment.create({ path, files, room }, this.#start);
    this.#segments.push(segment);
    return segment;
  }

  /** Holds something that is not released; the start line, which every file holds, counts for one. */
  isOwed(segment: SpoolSegment): boolean {
    if (segment.removed) return false;
    return segment.blocks > 0 || (this.#progress.released < 0 && !this.#isBackup(segment));
  }

  /** Lets go of what nobody needs any more; all, when the session is finished and released. */
  dropUnneeded(): void {
    const { released, last, finished } = this.#progress;
    const gone = finished && released >= last;
    const needless = this.#segments.filter((segment) => {
      const owed = this.isOwed(segment) || this.#isBackup(segment);
      return gone || (segment !== this.current && !owed);
    });
    this.discard(needless);
    if (gone) this.current = undefined;
    else if (released >= last) this.current?.cutBack();
  }

  discard(segments: readonly SpoolSegment[]): void {
    for (const segment of segments) segment.remove();
    this.#segments = this.#segments.filter((segment) => !segment.removed);
    this.#doomed.push(...segments);
    this.eraseDiscarded();
  }

  /**
   * Files go in the order of their records, and wait for each other: were a lower one left behind
   * by a kill, what lay between would look like a hole.
   */
  eraseDiscarded(): void {
    this.#doomed.sort((a, b) => a.last - b.last);
    for (let first = this.#doomed[0]; first && !first.syncing; first = this.#doomed[0]) {
      first.erase();
      this.#doomed.shift();
    }
  }

  /** The files stay. */
  close(): void {
    for (const segment of this.#segments) segment.close();
  }

  /** Kept until the copy of it is synced, or all of it released. */
  #isBackup(segment: SpoolSegment): boolean {
    const copied = this.#segments.some((other) => other.supersedes === segment);
    return copied && segment.last > this.#progress.released;
  }
}
