/** Opens the spool of a state with the real code, as the next life of acquisition does, and reads all of it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodeLine } from '@elmetron/protocol';
import type { Spool } from '@elmetron/storage';
import type { Owed } from '../replay/obligations.js';
import type { CheckSetting } from './state.js';
import { PLACES } from './tree-recovery.js';

type Held = ReadonlyMap<string, ReadonlyMap<number, Buffer>>;

export class SpoolChecker {
  readonly #lines = new Map<string, Buffer>();
  readonly #spool: typeof Spool;

  constructor({ lines }: CheckSetting, spool: typeof Spool) {
    for (const { session, seq, line } of lines)
      this.#lines.set(`${session}:${seq}`, Buffer.from(line));
    this.#spool = spool;
  }

  async check(directory: string, owed: Owed): Promise<string[]> {
    const first = await this.#read(directory);
    const second = await this.#read(directory);
    return [...this.#judge(first, owed), ...differences(first, second)];
  }

  async #read(directory: string): Promise<Held> {
    const base = join(directory, PLACES.spool_dir);
    const held = new Map<string, Map<number, Buffer>>();
    for (const source of sourcesIn(base)) {
      const spool = await this.#spool.open({
        dir: join(base, source),
        maxBytes: 1_000_000_000,
        source,
      });
      for (const kept of spool.sessions()) {
        const lines = new Map<number, Buffer>();
        held.set(kept.session, lines);
        for (let after = -1; ;) {
          const batch = kept.read(after, { records: 100, bytes: 1_000_000 });
          if (batch === undefined) break;
          for (const [i, line] of batch.lines.entries()) lines.set(batch.first + i, line);
          after = batch.first + batch.lines.length - 1;
        }
      }
      await spool.close();
    }
    return held;
  }

  *#judge(held: Held, { kept }: Owed): Generator<string> {
    for (const [session, seqs] of Object.entries(kept)) {
      for (const seq of seqs) {
        const line = held.get(session)?.get(seq);
        if (line === undefined || (seq === 0 && isMadeAnew(line))) {
          yield `lost: record ${seq} of ${session} was numbered, not released, and is not in the spool`;
        }
      }
    }
    for (const [session, lines] of held) {
      for (const [seq, line] of lines) {
        const made = this.#lines.get(`${session}:${seq}`);
        if (made === undefined) yield `invented: record ${seq} of ${session} was never made`;
        else if (!made.equals(line) && (seq !== 0 || !isMadeAnew(line)))
          yield `altered: record ${seq} of ${session} is not what was made`;
      }
    }
  }
}

/** A start line that no sync had covered may be gone with later ones left: then one says so in its place. */
function isMadeAnew(line: Buffer): boolean {
  const decoded = decodeLine(line);
  const { record } = decoded.ok ? decoded : {};
  return record?.type === 'session_start' && 'start_line' in record.metadata;
}

function* differences(first: Held, second: Held): Generator<string> {
  const names = (held: Held): string =>
    [...held].map(([session, lines]) => `${session} ${[...lines.keys()].join(',')}`).join('; ');
  if (names(first) !== names(second))
    yield 'a second opening of the spool finds other records than the first';
}

function sourcesIn(base: string): string[] {
  try {
    return readdirSync(base);
  } catch {
    return [];
  }
}
