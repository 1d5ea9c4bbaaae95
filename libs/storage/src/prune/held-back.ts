/**
 * Which sessions must stay in the database for now, because something would bring them back: records on
 * their way in spool or buffers, or an archive from which a rebuild would make them again.
 */
import { join } from 'node:path';
import { errorCode, type FileSystem } from '../buffer/file-system.js';
import { parseBufferFileName } from '../buffer/index.js';
import { findBuffers } from '../recovery/found-buffers.js';
import { parseSpoolFileName } from '../spool/spool-files.js';

export interface RestingPlaces {
  readonly capturesDir: string;
  /** With a directory for each source; one that is elsewhere is not known of. */
  readonly spoolDir: string;
}

/** Why a session has to stay, as the rest of a sentence about it; undefined: nothing is in the way. */
export type HeldBack = (session: string) => string | undefined;

/** As the files are now. Throws the system's error. */
export async function heldBack(places: RestingPlaces, fs: FileSystem): Promise<HeldBack> {
  const { capturesDir, spoolDir } = places;
  const buffers = [...(await findBuffers(capturesDir, fs)).runs.values()].flat();
  const archives = await names(join(capturesDir, 'archive'), fs);
  const inBuffers = new Set(buffers.flatMap(({ named }) => named?.session ?? []));
  const inSpool = new Set<string>();
  for (const source of await names(spoolDir, fs)) {
    for (const name of await names(join(spoolDir, source), fs)) {
      const named = parseSpoolFileName(name);
      if (named !== undefined) inSpool.add(named.session);
    }
  }
  const nameless =
    buffers.some(({ named }) => named === undefined) ||
    archives.some((name) => name.endsWith('.gz') && archivedSession(name) === undefined);
  return (session) => {
    if (inBuffers.has(session)) return 'has a buffer in the captures directory';
    if (inSpool.has(session)) return 'has records in the spool';
    // A buffer of the predecessor does not say in its name whose it is.
    if (nameless && session.startsWith('legacy-')) {
      return "came from the predecessor's buffers, of which there are still some; a rebuild would bring it back";
    }
    return undefined;
  };
}

/** Of which session an archived buffer is, also one that a crash left half made. */
export function archivedSession(name: string): string | undefined {
  return parseBufferFileName(name.replace(/(?:\.\d+)?\.gz(?:\.tmp)?$/, ''))?.session;
}

async function names(directory: string, fs: FileSystem): Promise<readonly string[]> {
  try {
    return await fs.readDirectory(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
