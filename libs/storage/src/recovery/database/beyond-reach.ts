/**
 * What a database that was set aside held and neither buffers nor archive had: listed by session and
 * range, as far as the file can still be read. The list lies beside that file, so that a person knows
 * what to look for in it; a database set aside without its list has not been compared yet.
 */
import { basename, dirname, join } from 'node:path';
import type { FileSystem } from '../../buffer/file-system.js';
import { extentsOf, missingIn, type MissingRange } from '../../store/index.js';
import { writeDurably } from './owed-rebuild.js';

/** Consecutive measurements of one session that the rebuilt database does not have. */
export type LostRange = MissingRange;

export interface BeyondReach {
  /** The damaged database, under the name it has now. */
  readonly set_aside: string;
  readonly lost: readonly LostRange[];
  /** What of the damaged file could not be read: there may be more lost than is listed. */
  readonly unreadable: readonly string[];
}

const LIST = '.lost.json';

/** Databases that were set aside for this one and have no list yet. */
export async function uncompared(databasePath: string, fs: FileSystem): Promise<readonly string[]> {
  const directory = dirname(databasePath);
  const names = await fs.readDirectory(directory);
  const prefix = `${basename(databasePath)}.damaged-`;
  return names
    .filter(
      (name) =>
        name.startsWith(prefix) && /^\d{8}T\d{6}Z(?:-\d+)?$/.test(name.slice(prefix.length)),
    )
    .filter((name) => !names.includes(name + LIST))
    .map((name) => join(directory, name));
}

/** Compares, writes the list, and resolves to it. Both files are only read. */
export async function listBeyondReach(
  aside: string,
  databasePath: string,
  fs: FileSystem,
): Promise<BeyondReach> {
  const { ranges: lost, unreadable } = missingIn(databasePath, aside, extentsOf(aside));
  const found: BeyondReach = { set_aside: aside, lost, unreadable };
  await writeDurably(aside + LIST, `${JSON.stringify(found, null, 2)}\n`, fs);
  return found;
}
