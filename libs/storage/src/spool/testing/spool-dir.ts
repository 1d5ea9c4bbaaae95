/** A directory of a test's own for spools, and the state in which a kill would leave it. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SpoolDir {
  readonly #root = mkdtempSync(join(tmpdir(), 'spool-'));
  #count = 0;

  /** A new one. */
  fresh(): string {
    this.#count += 1;
    const dir = join(this.#root, String(this.#count));
    mkdirSync(dir);
    return dir;
  }

  /** The spool's files as a kill would leave them now. */
  afterKill(dir: string): string {
    const copy = this.fresh();
    for (const name of files(dir)) cpSync(join(dir, name), join(copy, name));
    return copy;
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** The spool files in a directory, sorted. */
export function files(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('_spool.jsonl'))
    .sort();
}
