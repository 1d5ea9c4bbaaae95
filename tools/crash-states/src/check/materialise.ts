/** Puts a state on a real file system, in a directory of its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskState } from './state.js';

export function materialise({ directories, files }: DiskState, at: string): void {
  mkdirSync(at, { recursive: true });
  for (const path of directories) mkdirSync(join(at, path));
  for (const { path, content } of files) writeFileSync(join(at, path), content);
}
