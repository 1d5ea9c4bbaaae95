/**
 * Removed segments, kept compressed for a while: a lost database can be rebuilt from them. An
 * archive appears under its name only whole: written beside it, synced, renamed, and the directory
 * synced. So one that is there is complete, and a crash leaves at most a `.tmp` that is written anew.
 */
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { readRange, unwritable } from './append-file.js';
import { chunks, CompressedCopy } from './compressed-copy.js';
import { makeDurableDirectory } from './durable-directory.js';
import { errorCode, nodeFileSystem, type FileSystem, type OpenFile } from './file-system.js';

const DAY_MS = 86_400_000;

/**
 * Archives a segment that nobody appends to any more as `<directory>/<its name>.gz`; it is durable
 * when the promise resolves to its path. An archive of the same bytes is kept as it is; one of
 * other bytes under the same name is never overwritten (`….2.gz`). Constant memory. Throws
 * StorageError `buffer_unwritable`; the segment is not touched.
 *
 * @param begun from `beginArchive`; taken if it is of the whole segment, as that is now
 */
export async function archiveSegment(
  path: string,
  directory: string,
  fs: FileSystem = nodeFileSystem(),
  begun?: CompressedCopy,
): Promise<string> {
  await makeDurableDirectory(directory, fs);
  try {
    let content: string | undefined;
    for (let copy = 1; ; copy++) {
      const suffix = copy === 1 ? '' : `.${copy}`;
      const target = join(directory, `${basename(path)}${suffix}.gz`);
      const there = await gzipFingerprint(target, fs);
      if (there === undefined) await (await copyOf(path, directory, fs, begun)).moveTo(target);
      else if (there !== (content ??= await fingerprint(path, fs))) continue;
      // Also for one that is there: a crash may have come between its rename and this.
      await fs.syncDirectory(directory);
      return target;
    }
  } catch (error) {
    throw unwritable(directory, `cannot take ${basename(path)} into the archive`, error);
  }
}

/** Begins the work of `archiveSegment` ahead of the time at which the segment may go. */
export function beginArchive(path: string, directory: string, fs: FileSystem): CompressedCopy {
  const ready = makeDurableDirectory(directory, fs);
  return new CompressedCopy(path, temporaryPath(path, directory), fs, ready);
}

const temporaryPath = (path: string, directory: string): string =>
  join(directory, `${basename(path)}.gz.tmp`);

/** What was begun is worth nothing when it failed, or the segment was cut since: then a new one. */
async function copyOf(
  path: string,
  directory: string,
  fs: FileSystem,
  begun: CompressedCopy | undefined,
): Promise<CompressedCopy> {
  if (begun !== undefined) {
    const { size } = await fs.stat(path);
    if ((await begun.made.catch(() => undefined)) === size) return begun;
    await begun.discard();
  }
  return new CompressedCopy(path, temporaryPath(path, directory), fs);
}

/**
 * Removes archives older than `days`, by the time they were made, and what a crash left half made.
 * Resolves to how many archives went. `days` of 0 means that nothing is archived, not that what is
 * there may go: nothing is removed then. Throws StorageError `buffer_unwritable`.
 */
export async function pruneArchive(
  directory: string,
  days: number,
  now: number,
  fs: FileSystem = nodeFileSystem(),
): Promise<number> {
  if (days <= 0) return 0;
  let removed = 0;
  try {
    for (const name of await archived(directory, fs)) {
      const path = join(directory, name);
      const age = now - (await fs.stat(path)).mtimeMs;
      if (age <= (name.endsWith('.tmp') ? DAY_MS : days * DAY_MS)) continue;
      await fs.unlink(path);
      if (name.endsWith('.gz')) removed += 1;
    }
    return removed;
  } catch (error) {
    throw unwritable(directory, 'cannot be rid of its old archives', error);
  }
}

async function archived(directory: string, fs: FileSystem): Promise<readonly string[]> {
  try {
    const names = await fs.readDirectory(directory);
    return names.filter((name) => /_buffer\.jsonl(?:\.\d+)?\.gz(?:\.tmp)?$/.test(name));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** CRC-32 and length, as gzip keeps them of what it holds. */
async function fingerprint(path: string, fs: FileSystem): Promise<string> {
  const file = await fs.open(path, 'r');
  try {
    let crc = 0;
    let length = 0;
    for await (const chunk of chunks(file)) {
      crc = crc32(chunk, crc);
      length += chunk.length;
    }
    return `${crc}:${length % 2 ** 32}`;
  } finally {
    await file.close();
  }
}

/** What a gzip file says of its content in its last 8 bytes; undefined when there is no such file. */
async function gzipFingerprint(path: string, fs: FileSystem): Promise<string | undefined> {
  let file: OpenFile;
  try {
    file = await fs.open(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { size } = await file.stat();
    const trailer = await readRange(file, Math.max(0, size - 8), size);
    if (trailer.length < 8) return 'no gzip file';
    return `${trailer.readUInt32LE(0)}:${trailer.readUInt32LE(4)}`;
  } finally {
    await file.close();
  }
}
