/** What stands in a directory: files by their path below it, directories with a slash at the end. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Without SQLite's index of the log, which is no part of what a disk keeps. */
export function snapshotOf(directory: string): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const walk = (path: string): void => {
    for (const entry of readdirSync(join(directory, path), { withFileTypes: true })) {
      const full = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        found.set(`${full}/`, Buffer.alloc(0));
        walk(full);
      } else if (!full.endsWith('-shm')) {
        found.set(full, readFileSync(join(directory, full)));
      }
    }
  };
  walk('');
  return found;
}
