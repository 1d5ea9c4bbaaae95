/**
 * What is taken but not yet committed, in order. While the store keeps up, the lines stay in
 * memory; when it does not (locked, full), lines that rest in a buffer are let go and read back
 * from there later, so that a database that is away for days costs disk, not memory.
 */
import type { LineTable } from '@elmetron/protocol';
import type { BufferRange } from '@elmetron/storage';

export interface BacklogEntry {
  /** Where the lines rest on disk; undefined when no buffer could take them. */
  readonly range: BufferRange | undefined;
  /** Whole lines, each ended by a newline. */
  readonly lines: Buffer;
  /** What they say. */
  readonly table: LineTable;
  readonly records: number;
  /** Told when the lines are committed, for entries without a range; the others are told by range. */
  readonly committed?: () => void;
}

/** The next piece to commit. */
export interface BacklogPiece {
  readonly lines: readonly Buffer[];
  /** What they say, for each piece of them; none for lines that were let go and read back. */
  readonly tables?: readonly LineTable[];
  /** Of all lines together. */
  readonly bytes: number;
  readonly records: number;
  /** Takes the piece off the backlog. Call it once, after the commit, in the order of taking. */
  readonly done: () => void;
}

/** A run of adjacent bytes of one segment whose lines are no longer held in memory. */
interface Spilled {
  readonly path: string;
  /** Before it all is committed. */
  start: number;
  /** From here on nothing is handed out. */
  next: number;
  end: number;
}

type Item = { readonly held: BacklogEntry } | { readonly spilled: Spilled };

export interface BacklogOptions {
  /** Above so many bytes of lines in memory buffered ones are let go; what they say takes a third of that besides. */
  readonly memoryLimitBytes: number;
  /** Reads `[start, end)` of a segment. */
  readonly read: (range: BufferRange) => Promise<Buffer>;
  /** Everything before `end` of the segment `path` is committed. */
  readonly committed: (path: string, end: number) => void;
}

export class Backlog {
  readonly #options: BacklogOptions;
  readonly #items: Item[] = [];
  /** The newest spilled item of each segment: sessions that take turns would never join at the end. */
  readonly #spilled = new Map<string, Spilled>();
  /** Items at the front that are handed out and not done. */
  #handedOut = 0;
  #memoryBytes = 0;
  #records = 0;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  /** Records taken and not yet committed. */
  get records(): number {
    return this.#records;
  }

  /** Entries and runs of lines on disk: what the backlog itself costs. */
  get pieces(): number {
    return this.#items.length;
  }

  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  push(entry: BacklogEntry): void {
    this.#records += entry.records;
    const { range } = entry;
    const fits = this.#memoryBytes + entry.lines.length <= this.#options.memoryLimitBytes;
    if (range === undefined || fits) {
      this.#items.push({ held: entry });
      this.#memoryBytes += entry.lines.length;
      return;
    }
    const last = this.#spilled.get(range.path);
    if (last?.end === range.start) {
      last.end = range.end;
      return;
    }
    const spilled = { ...range, next: range.start };
    this.#spilled.set(range.path, spilled);
    this.#items.push({ spilled });
  }

  /**
   * What is pushed from now on comes behind all that was pushed before: nothing joins a run of spilled lines that
   * stands before those of another segment.
   */
  fence(): void {
    this.#spilled.clear();
  }

  /**
   * The oldest lines, about `maxBytes` of them (more than the longest line); undefined when all is committed.
   * What is handed out and was not done is handed out again.
   */
  async take(maxBytes: number): Promise<BacklogPiece | undefined> {
    this.#handedOut = 0;
    for (const item of this.#items) if ('spilled' in item) item.spilled.next = item.spilled.start;
    return await this.#takeNext(maxBytes);
  }

  /** Beyond what is handed out already: `maxBytes` of lines, or undefined when there are not that many. */
  async takeAhead(maxBytes: number): Promise<BacklogPiece | undefined> {
    let bytes = 0;
    for (let i = this.#handedOut; i < this.#items.length && bytes < maxBytes; i++) {
      const item = this.#items[i];
      if (item === undefined) break;
      bytes += 'spilled' in item ? item.spilled.end - item.spilled.next : item.held.lines.length;
    }
    return bytes < maxBytes ? undefined : await this.#takeNext(maxBytes);
  }

  async #takeNext(maxBytes: number): Promise<BacklogPiece | undefined> {
    const item = this.#items[this.#handedOut];
    if (item === undefined) return undefined;
    return 'spilled' in item
      ? await this.#takeSpilled(item.spilled, maxBytes)
      : this.#takeHeld(maxBytes);
  }

  #takeHeld(maxBytes: number): BacklogPiece {
    const entries: BacklogEntry[] = [];
    let bytes = 0;
    for (let i = this.#handedOut; i < this.#items.length; i++) {
      const item = this.#items[i];
      if (item === undefined || 'spilled' in item) break;
      if (entries.length > 0 && bytes + item.held.lines.length > maxBytes) break;
      entries.push(item.held);
      bytes += item.held.lines.length;
    }
    const records = entries.reduce((sum, e) => sum + e.records, 0);
    this.#handedOut += entries.length;
    return {
      lines: entries.map((e) => e.lines),
      tables: entries.map((e) => e.table),
      bytes,
      records,
      done: () => {
        this.#items.splice(0, entries.length);
        this.#handedOut -= entries.length;
        this.#memoryBytes -= bytes;
        this.#records -= records;
        for (const { range, committed } of entries) {
          if (range !== undefined) this.#options.committed(range.path, range.end);
          committed?.();
        }
      },
    };
  }

  async #takeSpilled(spilled: Spilled, maxBytes: number): Promise<BacklogPiece> {
    const { path, next: start } = spilled;
    const bytes = await this.#options.read({
      path,
      start,
      end: Math.min(spilled.end, start + maxBytes),
    });
    const lines = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
    if (lines.length === 0) {
      throw new Error(
        `${path} holds no whole line between bytes ${String(start)} and ${String(spilled.end)}, where acknowledged records were: another program changed the file`,
      );
    }
    const records = countLines(lines);
    const end = start + lines.length;
    spilled.next = end;
    if (end >= spilled.end) {
      // Nothing joins it any more: that would be behind what is handed out next.
      if (this.#spilled.get(path) === spilled) this.#spilled.delete(path);
      this.#handedOut++;
    }
    return {
      lines: [lines],
      bytes: lines.length,
      records,
      done: () => {
        spilled.start = end;
        this.#records -= records;
        if (end >= spilled.end) {
          this.#items.shift();
          this.#handedOut--;
        }
        this.#options.committed(path, end);
      },
    };
  }
}

const NEWLINE = 10;

function countLines(lines: Buffer): number {
  let count = 0;
  for (let at = lines.indexOf(NEWLINE); at !== -1; at = lines.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
