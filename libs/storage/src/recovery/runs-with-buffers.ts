/** Whose buffers lie in the captures directory, and which of those writers live: for whoever only looks. */
import { nodeFileSystem } from '../buffer/file-system.js';
import { RunLock } from '../buffer/index.js';
import { findBuffers, NAMELESS_RUN } from './found-buffers.js';

export interface RunWithBuffers {
  /** One life of one writer; null: files whose names tell of none, such as the predecessor's. */
  readonly run: string | null;
  /** A living writer has these: what is in them is on its way. Of a dead one a recovery takes them. */
  readonly alive: boolean;
  readonly buffers: readonly { readonly path: string; readonly size: number }[];
}

/** Throws StorageError `buffer_unwritable` for a lock that cannot be asked, and the system's error. */
export async function runsWithBuffers(
  directory: string,
  fs = nodeFileSystem(),
): Promise<readonly RunWithBuffers[]> {
  const { runs } = await findBuffers(directory, fs);
  return [...runs].map(([run, buffers]) => ({
    run: run === NAMELESS_RUN ? null : run,
    alive: run !== NAMELESS_RUN && RunLock.isHeld(directory, run),
    buffers: buffers.map(({ path, size }) => ({ path, size })),
  }));
}
