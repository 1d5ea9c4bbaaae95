/**
 * Tells when the process has grown so much that its peers have to be let go of. ZeroMQ bounds the
 * messages that wait and the length of each part, but keeps the parts of a message until its last
 * one has come, and every subscription that anyone makes: a peer that goes on and on with either
 * takes half a gigabyte a second. All of it goes with the connection.
 *
 * Memory that was given back mostly stays with the process, to be used again; so growth is counted
 * from where it was the last time.
 */
export interface PeerMemoryOptions {
  /** Bytes that the process really holds; may throw, where it has to open a file to know. */
  readonly resident?: () => number;
  readonly growthBytes?: number;
}

/** Many times what a process of ours grows by on its own. */
const GROWTH_BYTES = 268_435_456;

export class PeerMemory {
  readonly #resident: () => number;
  readonly #growthBytes: number;
  #mark: number;

  constructor(options: PeerMemoryOptions = {}) {
    this.#resident = options.resident ?? (() => process.memoryUsage.rss());
    this.#growthBytes = options.growthBytes ?? GROWTH_BYTES;
    this.#mark = this.#known() ?? 0;
  }

  /** True once for each time that so much has been added; costs some microseconds. */
  exceeded(): boolean {
    const now = this.#known();
    // Too many open files, say: not known this time, and nothing to end a process for.
    if (now === undefined) return false;
    const grown = now - this.#mark;
    if (grown > 0 && grown < this.#growthBytes) return false;
    this.#mark = now;
    return grown > 0;
  }

  #known(): number | undefined {
    try {
      return this.#resident();
    } catch {
      return undefined;
    }
  }
}
