/** What kind of file somebody names, by its first bytes; the import itself looks at the rest. */
import { open } from 'node:fs/promises';
import { CliError } from '../../cli-error.js';

export interface PredecessorFile {
  readonly path: string;
  readonly kind: 'database' | 'buffer';
}

/** See sqlite.org/fileformat.html. */
const SQLITE = Buffer.from('SQLite format 3\0');

/** Throws CliError `not_there`, `usage` for what is no file, `failed` for one that may not be read. */
export async function kindOf(path: string): Promise<PredecessorFile> {
  try {
    const file = await open(path, 'r');
    try {
      if (!(await file.stat()).isFile())
        throw new CliError('usage', `${path} is no file. Name the files in it, one by one.`);
      const first = Buffer.alloc(SQLITE.length);
      await file.read(first, 0, first.length, 0);
      return { path, kind: first.equals(SQLITE) ? 'database' : 'buffer' };
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new CliError('not_there', `There is no file ${path}; nothing was imported.`);
    throw new CliError(
      'failed',
      `${path} cannot be read (${message}); nothing was imported. Copy it to where you may read it.`,
      { cause },
    );
  }
}
