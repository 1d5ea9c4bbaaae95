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
import { link, open, rename, stat, unlink, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { nodeFileSystem } from '@elmetron/storage';
import { CliError } from '../../cli-error.js';

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
    for (const there of force ? [] : [path, manifestPath(path)]) {
      if (await exists(there)) throw isThere(there);
    }
    const partial = `${path}.${process.pid}.partial`;
    try {
      return new OutputFile(path, force, partial, await open(partial, 'wx'));
    } catch (cause) {
      throw failed(`${path} cannot be made`, cause);
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
      throw failed(`${this.path} cannot be written`, cause);
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
      await this.#name(this.#partial, this.path);
      await this.#name(besides, manifestPath(this.path));
      await nodeFileSystem().syncDirectory(dirname(this.path));
      return whole;
    } catch (cause) {
      if (cause instanceof CliError) throw cause;
      throw failed(`${this.path} cannot be finished`, cause);
    }
  }

  /** Leaves nothing behind. Never rejects. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await unlinkIfThere(this.#partial).catch(() => undefined);
    await unlinkIfThere(manifestPath(this.#partial)).catch(() => undefined);
  }

  async #name(from: string, to: string): Promise<void> {
    if (this.#force) {
      await rename(from, to);
      return;
    }
    try {
      // Unlike a rename it never takes the place of a file that somebody made meanwhile.
      await link(from, to);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') throw isThere(to);
      // A file system without links, such as that of a memory stick.
      if (await exists(to)) throw isThere(to);
      await rename(from, to);
      return;
    }
    await unlink(from);
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

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });
}

function isThere(path: string): CliError {
  return new CliError(
    'refused',
    `${path} is there already. Give another name with --output, or overwrite it with --force.`,
  );
}

function failed(what: string, cause: unknown): CliError {
  const ways: Readonly<Record<string, string>> = {
    ENOENT: 'Make its directory first',
    ENOSPC: 'Make room on that disk, or write it to another one',
    EACCES: 'Write it where you may',
    EROFS: 'Write it to another disk',
  };
  const why = cause instanceof Error ? cause.message : String(cause);
  const way = ways[codeOf(cause) ?? ''] ?? 'Nothing was left of it';
  return new CliError('failed', `${what} (${why}). ${way}.`, { cause });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
