/**
 * What lies in the captures directory, by the run that made it. Files without a run in their name
 * (the predecessor's, or a buffer that somebody renamed) stand together under a run of their own,
 * so that two recoveries do not work on them at once either.
 */
import { join } from 'node:path';
import { errorCode, nodeFileSystem, type FileSystem } from '../buffer/file-system.js';
import { StorageError } from '../errors.js';
import { parseBufferFileName, parseLockFileName, type BufferFileName } from '../buffer/index.js';

/** The run that stands for all files whose name names none; no run is called so, runs are UUIDs. */
export const NAMELESS_RUN = 'nameless';

export interface FoundBuffer {
  readonly path: string;
  /** The bare file name: the buffer's identity in quarantine, archive and event keys. */
  readonly name: string;
  readonly named: BufferFileName | undefined;
  readonly size: number;
}

export interface FoundRuns {
  /** Buffers by run; in a run by session and segment. */
  readonly runs: ReadonlyMap<string, readonly FoundBuffer[]>;
  /** Runs that have a lock file, with or without buffers. */
  readonly locks: ReadonlySet<string>;
}

/** A directory that is not there holds nothing; any other failure is thrown as the system's error. */
export async function findBuffers(directory: string, fs: FileSystem): Promise<FoundRuns> {
  const runs = new Map<string, FoundBuffer[]>();
  const locks = new Set<string>();
  for (const name of await namesIn(directory, fs)) {
    const lockedRun = parseLockFileName(name);
    if (lockedRun !== undefined) locks.add(lockedRun);
    if (!name.endsWith('.jsonl')) continue;
    const path = join(directory, name);
    const size = await sizeOf(path, fs);
    if (size === undefined) continue;
    const named = parseBufferFileName(name);
    const run = named?.run ?? NAMELESS_RUN;
    const buffers = runs.get(run) ?? [];
    buffers.push({ path, name, named, size });
    runs.set(run, buffers);
  }
  for (const buffers of runs.values()) buffers.sort(bySessionAndSegment);
  return { runs: new Map([...runs].sort(([a], [b]) => compare(a, b))), locks };
}

/** Throws StorageError `buffer_unreadable` for what may have no end, or be another file. */
export async function refuseIrregular({ path }: FoundBuffer, fs: FileSystem): Promise<void> {
  if (await fs.isRegularFile(path)) return;
  throw new StorageError(
    'buffer_unreadable',
    `${path} is no regular file but a directory, a link, a pipe or a device; it is left alone. Put the file itself in its place, or move it away.`,
  );
}

/**
 * The sessions of which buffers lie there that another run has made, living or dead: records of
 * them may still be on their way into the store. Throws as `findBuffers`.
 */
export async function sessionsInBuffers(
  directory: string,
  exceptRun: string,
  fs = nodeFileSystem(),
): Promise<ReadonlySet<string>> {
  const { runs } = await findBuffers(directory, fs);
  const others = [...runs].filter(([run]) => run !== exceptRun).flatMap(([, buffers]) => buffers);
  return new Set(others.flatMap(({ named }) => named?.session ?? []));
}

async function namesIn(directory: string, fs: FileSystem): Promise<readonly string[]> {
  try {
    return await fs.readDirectory(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** undefined when it is gone again. */
async function sizeOf(path: string, fs: FileSystem): Promise<number | undefined> {
  try {
    return (await fs.stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function bySessionAndSegment(a: FoundBuffer, b: FoundBuffer): number {
  if (a.named === undefined || b.named === undefined) return compare(a.name, b.name);
  return compare(a.named.session, b.named.session) || a.named.segment - b.named.segment;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
