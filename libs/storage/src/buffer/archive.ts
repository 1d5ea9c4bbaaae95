/**
 * Removed segments, kept compressed for a while: a lost database can be rebuilt from them. An
 * archive appears under its name only whole: written beside it, synced, renamed, and the directory
 * synced. So one that is there is complete, and a crash leaves at most a `.tmp` that is written anew.
 */
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createGzip } from 'node:zlib';
import { readRange, unwritable, writeWhole } from './append-file.js';
import { makeDurableDirectory } from './durable-directory.js';
import { errorCode, nodeFileSystem, type FileSystem, type OpenFile } from './file-system.js';

/** A third of the work of the usual level for a tenth more bytes, beside a capture that needs the processor. */
const LEVEL = 1;
const CHUNK_BYTES = 262_144;
const DAY_MS = 86_400_000;

/**
 * Archives a segment that nobody appends to any more as `<directory>/<its name>.gz`; it is durable
 * when the promise resolves to its path. An archive of the same bytes is kept as it is; one of
 * other bytes under the same name is never overwritten (`….2.gz`). Constant memory. Throws
 * StorageError `buffer_unwritable`; the segment is not touched.
 */
export async function archiveSegment(
  path: string,
  directory: string,
  fs: FileSystem = nodeFileSystem(),
): Promise<string> {
  await makeDurableDirectory(directory, fs);
  try {
    let content: string | undefined;
    for (let copy = 1; ; copy++) {
      const suffix = copy === 1 ? '' : `.${copy}`;
      const target = join(directory, `${basename(path)}${suffix}.gz`);
      const there = await gzipFingerprint(target, fs);
      if (there === undefined) await compress(path, target, fs);
      else if (there !== (content ??= await fingerprint(path, fs))) continue;
      // Also for one that is there: a crash may have come between its rename and this.
      await fs.syncDirectory(directory);
      return target;
    }
  } catch (error) {
    throw unwritable(directory, `cannot take ${basename(path)} into the archive`, error);
  }
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

async function compress(path: string, target: string, fs: FileSystem): Promise<void> {
  const temporary = `${target}.tmp`;
  const from = await fs.open(path, 'r');
  /** A pipeline may say that it was aborted, and not why. */
  let unwritten: unknown;
  try {
    const to = await fs.open(temporary, 'w');
    try {
      await pipeline(
        Readable.from(chunks(from)),
        createGzip({ level: LEVEL, chunkSize: CHUNK_BYTES }),
        async (compressed) => {
          for await (const chunk of compressed) {
            await writeWhole(to, chunk as Buffer, null).catch((error: unknown) => {
              unwritten = error;
              throw error;
            });
          }
        },
      );
      await to.sync();
    } finally {
      await to.close();
    }
    await fs.rename(temporary, target);
  } catch (error) {
    await fs.unlink(temporary).catch(() => undefined);
    throw unwritten ?? error;
  } finally {
    await from.close();
  }
}

async function* chunks(file: OpenFile): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const chunk = await readRange(file, position, position + CHUNK_BYTES);
    if (chunk.length === 0) return;
    position += chunk.length;
    yield chunk;
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
