/**
 * A compressed copy of a segment, on its way into the archive: made under a `.tmp` name, synced, and
 * only then given its own. It can be begun while the segment is still being read into a database;
 * until it is moved, nobody takes it for an archive.
 */
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { readRange, writeWhole } from './append-file.js';
import type { FileSystem, OpenFile } from './file-system.js';

/** A third of the work of the usual level for a tenth more bytes, beside a capture that needs the processor. */
const LEVEL = 1;
const CHUNK_BYTES = 262_144;

export class CompressedCopy {
  /** Durable, as how many bytes of the segment; rejects with what the disk said. */
  readonly made: Promise<number>;
  readonly #fs: FileSystem;
  readonly #temporary: string;
  readonly #stop = new AbortController();

  /** Begins at once. `ready` comes first: what makes the directory, say. */
  constructor(path: string, temporary: string, fs: FileSystem, ready?: Promise<void>) {
    this.#fs = fs;
    this.#temporary = temporary;
    this.made = this.#make(path, ready);
    // Whoever moves it is told; until then it is no rejection that nobody handles.
    this.made.catch(() => undefined);
  }

  /** Rejects with what the disk said; nothing is left of it then. */
  async moveTo(target: string): Promise<void> {
    await this.made;
    try {
      await this.#fs.rename(this.#temporary, target);
    } catch (error) {
      await this.#removed();
      throw error;
    }
  }

  /** Stops the work on it, and removes what there is. Never rejects. */
  async discard(): Promise<void> {
    this.#stop.abort();
    const made = await this.made.catch(() => undefined);
    if (made !== undefined) await this.#removed();
  }

  async #make(path: string, ready?: Promise<void>): Promise<number> {
    await ready;
    const from = await this.#fs.open(path, 'r');
    try {
      const to = await this.#fs.open(this.#temporary, 'w');
      try {
        const bytes = await compress(from, to, this.#stop.signal);
        await to.sync();
        return bytes;
      } finally {
        await to.close();
      }
    } catch (error) {
      await this.#removed();
      throw error;
    } finally {
      await from.close();
    }
  }

  async #removed(): Promise<void> {
    await this.#fs.unlink(this.#temporary).catch(() => undefined);
  }
}

async function compress(from: OpenFile, to: OpenFile, signal: AbortSignal): Promise<number> {
  /** A pipeline may say that it was aborted, and not why. */
  let unwritten: unknown;
  let bytes = 0;
  try {
    await pipeline(
      async function* () {
        for await (const chunk of chunks(from)) {
          bytes += chunk.length;
          yield chunk;
        }
      },
      createGzip({ level: LEVEL, chunkSize: CHUNK_BYTES }),
      async (compressed: AsyncIterable<Buffer>) => {
        for await (const chunk of compressed) {
          await writeWhole(to, chunk, null).catch((error: unknown) => {
            unwritten = error;
            throw error;
          });
        }
      },
      { signal },
    );
    return bytes;
  } catch (error) {
    throw unwritten ?? error;
  }
}

/** A file from its beginning to its end, a piece at a time. */
export async function* chunks(file: OpenFile): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const chunk = await readRange(file, position, position + CHUNK_BYTES);
    if (chunk.length === 0) return;
    position += chunk.length;
    yield chunk;
  }
}
