/** What lies in the quarantine, with its bytes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SetAsideEntry {
  readonly origin: string;
  readonly reason: string;
  readonly bytes: Buffer;
}

/** Half an entry that a crash left is none. */
export function readQuarantine(capturesDir: string): SetAsideEntry[] {
  const directory = join(capturesDir, 'quarantine');
  if (!existsSync(directory)) return [];
  return readdirSync(directory).flatMap((name) => {
    const lines = readFileSync(join(directory, name), 'utf8').split('\n');
    return lines.map(entryOf).filter((entry) => entry !== undefined);
  });
}

function entryOf(line: string): SetAsideEntry | undefined {
  try {
    const { origin, reason, utf8, hex } = JSON.parse(line) as Record<string, string | undefined>;
    const bytes = hex === undefined ? Buffer.from(utf8 ?? '') : Buffer.from(hex, 'hex');
    return { origin: origin ?? '', reason: reason ?? '', bytes };
  } catch {
    return undefined;
  }
}
