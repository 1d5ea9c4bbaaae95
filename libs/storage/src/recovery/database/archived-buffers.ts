/** The buffers that were removed and kept compressed, as something that can be replayed again. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createInflateRaw, gunzipSync } from 'node:zlib';
import { decodeLine } from '@elmetron/protocol/offline';
import { errorCode, type FileSystem } from '../../buffer/file-system.js';
import { parseBufferFileName } from '../../buffer/index.js';
import { saysEmulated } from '../emulated.js';
import type { FoundBuffer } from '../found-buffers.js';
import type { RecoveryContext } from '../recovery-context.js';

export interface ArchivedBuffer {
  readonly path: string;
  /** The name that the buffer had. */
  readonly name: string;
  readonly size: number;
}

export async function archivedBuffers(
  archiveDir: string,
  fs: FileSystem,
): Promise<readonly ArchivedBuffer[]> {
  let names: readonly string[];
  try {
    names = await fs.readDirectory(archiveDir);
  } catch (error) {
    // Where the captures directory is none, that is told for the buffers.
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
  const archives: ArchivedBuffer[] = [];
  for (const file of names.filter((name) => name.endsWith('.gz')).sort()) {
    const path = join(archiveDir, file);
    if (!(await fs.isRegularFile(path))) continue;
    const name = file.replace(/(?:\.\d+)?\.gz$/, '');
    archives.push({ path, name, size: (await fs.stat(path)).size });
  }
  return archives;
}

/** Whether the archive has, or may have, something of this database. */
export async function hasArchiveFor(
  emulated: boolean,
  archiveDir: string,
  fs: FileSystem,
): Promise<boolean> {
  for (const { path } of await archivedBuffers(archiveDir, fs)) {
    const word = await archiveSaysEmulated(path);
    if (word === undefined || word === emulated) return true;
  }
  return false;
}

const HEAD_BYTES = 65_536;
/** Less than a record. */
const SMALL_PIECE_BYTES = 256;
/** The head that `archiveSegment` gives an archive, without a name or a comment in it. */
const GZIP_HEAD_BYTES = 10;

/**
 * Whether it is of an emulated meter, by the first line that says so, as when it is replayed: damage
 * may have taken the start line. One that is whole, and read to its end without a word, is real.
 * undefined when only its beginning was read, or could be.
 */
export async function archiveSaysEmulated(path: string): Promise<boolean | undefined> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    const archive = head.subarray(0, bytesRead);
    const text = gunzipSync(archive, { finishFlush: constants.Z_SYNC_FLUSH });
    for (const line of linesIn(text)) {
      const decoded = decodeLine(line);
      const word = decoded.ok ? saysEmulated(decoded.record) : undefined;
      if (word !== undefined) return word;
      if (!decoded.ok && isPredecessors(line)) return undefined;
    }
    // Throws when something of it is missing.
    gunzipSync(archive);
    return false;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

function* linesIn(text: Buffer): Generator<Buffer> {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf(0x0a, start);
    const end = newline < 0 ? text.length : newline;
    yield text.subarray(start, end);
    start = end + 1;
  }
}

/** Its lines are JSON without a checksum. */
function isPredecessors(line: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(line.toString());
    return typeof value === 'object' && value !== null && !('crc' in value);
  } catch {
    return false;
  }
}

/**
 * Unpacks an archive for the time that `work` takes. Of a damaged
 * one, what came out before the damage; `damage` says what is wrong then.
 */
export async function withUnpacked<T>(
  { path, name }: ArchivedBuffer,
  { fs, unpackedPath }: Pick<RecoveryContext, 'fs' | 'unpackedPath'>,
  work: (buffer: FoundBuffer, damage: Error | undefined) => Promise<T>,
): Promise<T> {
  const unpacked = unpackedPath(path);
  try {
    const damage = await unpack(createReadStream(path), createGunzip(), unpacked);
    if (damage !== undefined) await unpackDamaged(path, unpacked);
    const { size } = await fs.stat(unpacked);
    return await work({ path: unpacked, name, named: parseBufferFileName(name), size }, damage);
  } finally {
    await fs.unlink(unpacked).catch(() => undefined);
  }
}

/** What is wrong with the archive, if anything is; what came out before that is in `to`. */
async function unpack(from: Readable, unzip: Transform, to: string): Promise<Error | undefined> {
  try {
    await pipeline(from, unzip, createWriteStream(to));
    return undefined;
  } catch (error) {
    // Anything but the archive itself (a full disk) is no reason to do without the rest of it.
    if (!(error instanceof Error) || !errorCode(error)?.startsWith('Z_')) throw error;
    return error;
  }
}

/**
 * As much as can be had. At damage zlib throws away what it had of the piece that it was making: so,
 * small pieces. And without the head and the checksum of the whole, which may be all that is wrong:
 * each record has a checksum of its own.
 */
async function unpackDamaged(path: string, to: string): Promise<void> {
  const options = { chunkSize: SMALL_PIECE_BYTES };
  await unpack(createReadStream(path, { start: GZIP_HEAD_BYTES }), createInflateRaw(options), to);
}
