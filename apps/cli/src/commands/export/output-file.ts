/**
 * A file that appears under its name only when it is whole, with its manifest beside it.
 *
 * ```
 *   <name>.<process>.partial ─▶ written ─▶ synced ─▶ read back for its SHA-256
 *     ─▶ an old manifest removed ─▶ renamed ─▶ manifest, the same way ─▶ directory synced
 * ```
 * Cut anywhere, there is at most something called `.partial`, or a whole file without its manifest.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { nodeFileSystem } from '@elmetron/storage';
import { CliError } from '../../cli-error.js';
import {
  notWritten,
  partialName,
  refuseToReplace,
  takeName,
  unlinkIfThere,
} from '../../disk/new-file.js';

export interface WholeFile {
  readonly bytes: number;
  /** Of what lies on the disk, in hex. */
  readonly sha256: string;
}

export class OutputFile {
  readonly path: string;
  readonly #force: boolean;
  readonly #partial: string;
  readonly #file: FileHandle;

  /** Throws CliError `refused` when it is there already, `failed` when it cannot be made. */
  static async create(path: string, force: boolean): Promise<OutputFile> {
    for (const wanted of [path, manifestPath(path)]) await refuseToReplace(wanted, force);
    const partial = partialName(path);
    try {
      return new OutputFile(path, force, partial, await open(partial, 'wx'));
    } catch (cause) {
      throw notWritten(`${path} cannot be made`, cause);
    }
  }

  private constructor(path: string, force: boolean, partial: string, file: FileHandle) {
    this.path = path;
    this.#force = force;
    this.#partial = partial;
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#file.write(bytes, done);
        done += bytesWritten;
      }
    } catch (cause) {
      throw notWritten(`${this.path} cannot be written`, cause);
    }
  }

  /** Gives it its name. @param manifest made when the file's sum is known */
  async finish(manifest: (whole: WholeFile) => object): Promise<WholeFile> {
    try {
      await this.#file.sync();
      await this.#file.close();
      const whole = await sumOf(this.#partial);
      const besides = manifestPath(this.#partial);
      await writeSynced(besides, `${JSON.stringify(manifest(whole), null, 2)}\n`);
      if (this.#force) await unlinkIfThere(manifestPath(this.path));
      await takeName(this.#partial, this.path, this.#force);
      await takeName(besides, manifestPath(this.path), this.#force);
      await nodeFileSystem().syncDirectory(dirname(this.path));
      return whole;
    } catch (cause) {
      if (cause instanceof CliError) throw cause;
      throw notWritten(`${this.path} cannot be finished`, cause);
    }
  }

  /** Leaves nothing behind. Never rejects. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await unlinkIfThere(this.#partial).catch(() => undefined);
    await unlinkIfThere(manifestPath(this.#partial)).catch(() => undefined);
  }
}

export function manifestPath(path: string): string {
  return `${path}.manifest.json`;
}

async function sumOf(path: string): Promise<WholeFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await writeFile(file, text);
    await file.sync();
  } finally {
    await file.close();
  }
}
