import { readFileSync } from 'node:fs';

/** A text file; nothing where there is none (yet). */
export function readOrNone(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
