/**
 * Puts what cannot be replayed of one buffer into the quarantine, under the buffer's name and the
 * position in it, before the buffer may go. What fails here is remembered, not thrown: the whole
 * lines around it are more urgent, and the buffer stays because of it.
 */
import type { Quarantine, QuarantineEntry } from '../buffer/index.js';
import type { FoundBuffer } from './found-buffers.js';

export class SetAside {
  /** Why something could not be set aside. */
  problem: Error | undefined;
  readonly #buffer: FoundBuffer;
  readonly #quarantine: Quarantine | undefined;
  #entries: QuarantineEntry[] = [];
  #bytes = 0;

  /** @param quarantine undefined when nothing is kept */
  constructor(buffer: FoundBuffer, quarantine: Quarantine | undefined) {
    this.#buffer = buffer;
    this.#quarantine = quarantine;
  }

  /** Bytes that wait for the next `flush`. */
  get waiting(): number {
    return this.#bytes;
  }

  line(position: number, bytes: Uint8Array, reason: string): void {
    this.#entries.push({ origin: this.#buffer.name, position, bytes, reason });
    this.#bytes += bytes.length;
  }

  /** All that was given by `line` is durable then, with one sync. */
  async flush(): Promise<void> {
    const entries = this.#entries;
    this.#entries = [];
    this.#bytes = 0;
    if (entries.length > 0) await this.#try((quarantine) => quarantine.putAll(entries));
  }

  /** A stretch of any length; durable when it resolves. */
  async stretch(offset: number, end: number, reason: string): Promise<void> {
    const { path, name } = this.#buffer;
    await this.#try((quarantine) =>
      quarantine.putRange({ origin: name, path, offset, end, reason }),
    );
  }

  async #try(put: (quarantine: Quarantine) => Promise<unknown>): Promise<void> {
    if (this.#quarantine === undefined) return;
    try {
      await put(this.#quarantine);
    } catch (error) {
      this.problem ??= error instanceof Error ? error : new Error(String(error));
    }
  }
}
