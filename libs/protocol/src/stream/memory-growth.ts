/**
 * How the memory of the process grows. Memory that was given back mostly stays with the process, to be used again;
 * so growth is counted from where it was the last time.
 */
export interface MemoryGrowthOptions {
  /** Bytes that the process really holds; may throw, where it has to open a file to know. */
  readonly resident?: () => number;
  /** So much is too much: many times what a process of ours grows by on its own. */
  readonly growthBytes?: number;
}

/** `growing`: so fast since the last look that it were too much within seconds. */
export type Growth = 'still' | 'growing' | 'exceeded';

const GROWTH_BYTES = 268_435_456;
const SECONDS = 10;

export class MemoryGrowth {
  readonly #resident: () => number;
  readonly #growthBytes: number;
  #mark: number;
  #last: { readonly held: number; readonly at: number };

  constructor(options: MemoryGrowthOptions = {}) {
    this.#resident = options.resident ?? (() => process.memoryUsage.rss());
    this.#growthBytes = options.growthBytes ?? GROWTH_BYTES;
    this.#mark = this.#known() ?? 0;
    this.#last = { held: this.#mark, at: performance.now() };
  }

  /** `exceeded` once for each time that so much has been added; costs some microseconds. */
  look(): Growth {
    const now = this.#known();
    // Too many open files, say: not known this time, and nothing to end a process for.
    if (now === undefined) return 'still';
    const last = this.#last;
    this.#last = { held: now, at: performance.now() };
    const grown = now - this.#mark;
    if (grown <= 0) this.#mark = now;
    if (grown >= this.#growthBytes) {
      this.#mark = now;
      return 'exceeded';
    }
    const pace = (now - last.held) / (this.#last.at - last.at);
    return pace >= this.#growthBytes / (SECONDS * 1000) ? 'growing' : 'still';
  }

  #known(): number | undefined {
    try {
      return this.#resident();
    } catch {
      return undefined;
    }
  }
}
