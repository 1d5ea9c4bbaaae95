/** What lies in quarantine, counted by why it lies there, for a person who asks whether there is something to look at. */
import { join } from 'node:path';
import { errorCode, nodeFileSystem, type FileSystem } from './file-system.js';
import { readLines } from './line-reader.js';
import { ENTRY_LINE_BYTES } from './quarantine-entry.js';

export interface QuarantinedFile {
  readonly path: string;
  /**
   * How many entries there are of each reason, the reason cut to its first word. `torn` is the end of a file that was
   * being written at a crash: it was never acknowledged, and nothing is missing by it.
   */
  readonly reasons: Readonly<Record<string, number>>;
}

/** One entry a file, in the order of their names; none when there is no such directory. Rejects with the system's error. */
export async function quarantined(
  directory: string,
  fs: FileSystem = nodeFileSystem(),
): Promise<readonly QuarantinedFile[]> {
  let names: readonly string[];
  try {
    names = await fs.readDirectory(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  const files: QuarantinedFile[] = [];
  for (const name of names.filter((one) => one.endsWith('.jsonl')).sort()) {
    const path = join(directory, name);
    files.push({ path, reasons: await reasonsIn(path, fs) });
  }
  return files;
}

async function reasonsIn(path: string, fs: FileSystem): Promise<Record<string, number>> {
  const reasons: Record<string, number> = {};
  const file = await fs.open(path, 'r');
  try {
    for await (const { bytes } of readLines(file, 0, undefined, ENTRY_LINE_BYTES)) {
      if (bytes.length === 0) continue;
      const reason = reasonOf(bytes);
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
  } finally {
    await file.close();
  }
  return reasons;
}

function reasonOf(line: Buffer): string {
  try {
    const entry: unknown = JSON.parse(line.toString());
    if (typeof entry !== 'object' || entry === null || !('reason' in entry)) return 'unreadable';
    return String(entry.reason).replace(/[^0-9A-Za-z_].*$/s, '');
  } catch {
    return 'unreadable';
  }
}
