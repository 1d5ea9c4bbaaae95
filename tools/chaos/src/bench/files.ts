/** What lies in the directories of a run; none where there is nothing (yet). */
import { readdirSync } from 'node:fs';

export function bufferNames(capturesDir: string): string[] {
  return namesIn(capturesDir).filter((name) => name.endsWith('_buffer.jsonl'));
}

export function spoolNames(spoolDir: string): string[] {
  return namesIn(spoolDir).filter((name) => name.endsWith('_spool.jsonl'));
}

export function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
