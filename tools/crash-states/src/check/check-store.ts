/** Runs the recovery twice on a state of the writer's files, and compares what it leaves with what is owed. */
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { PreflightSummary } from '@elmetron/storage';
import { snapshotOf } from '../harness/snapshot.js';
import { RecordBook } from './compare-records.js';
import { judgeFirst, judgeSecond } from './judge-recovery.js';
import { readDatabase, type DatabaseContent } from './read-database.js';
import { readQuarantine } from './read-quarantine.js';
import type { CheckSetting, DiskState } from './state.js';
import { PLACES, type Recovery } from './tree-recovery.js';

export interface StoreCheck {
  readonly violations: readonly string[];
  /** What the first recovery did and what it left, without times and paths: equal for equal work. */
  readonly digest: string;
}

export class StoreChecker {
  readonly #setting: CheckSetting;
  readonly #book: RecordBook;

  constructor(setting: CheckSetting) {
    this.#setting = setting;
    this.#book = new RecordBook(setting.lines);
  }

  async check(
    directory: string,
    { owed, databaseLost }: DiskState,
    recovery: Recovery,
  ): Promise<StoreCheck> {
    const allowed = { ...this.#setting, databaseLost };
    const first = await recovery.run(directory);
    const after = this.#look(directory);
    const second = await recovery.run(directory);
    const afterSecond = this.#look(directory);
    const violations = [
      ...judgeFirst(first, allowed),
      ...this.#book.compare(after, owed),
      ...this.#onlyInLog(directory, first),
      ...judgeSecond(second, allowed),
    ];
    for (const [what, before] of Object.entries(after)) {
      if (!isDeepStrictEqual(before, afterSecond[what as keyof Look])) {
        violations.push(`the second recovery changes ${what}`);
      }
    }
    return { violations, digest: digestOf(first, after) };
  }

  /** Recovery removes buffers: what they held must not rest in a log that may be lost. */
  *#onlyInLog(directory: string, { buffers }: PreflightSummary): Generator<string> {
    for (const emulated of [false, true]) {
      const path = emulated ? PLACES.demo_database_path : PLACES.database_path;
      const log = join(directory, `${path}-wal`);
      if (!existsSync(log) || statSync(log).size === 0) continue;
      const removed = buffers.some(
        ({ status, records, session_uid }) =>
          status === 'recovered' && records > 0 && this.#book.isEmulated(session_uid) === emulated,
      );
      if (removed) yield `recovery removed buffers whose records are only in ${path}-wal`;
    }
  }

  #look(directory: string): Look {
    const captures = join(directory, PLACES.captures_dir);
    const files = [...snapshotOf(directory)].filter(([path]) => !/\.sqlite(-wal)?$/.test(path));
    return {
      real: readDatabase(join(directory, PLACES.database_path)),
      demo: readDatabase(join(directory, PLACES.demo_database_path)),
      quarantine:
        existsSync(captures) && statSync(captures).isDirectory() ? readQuarantine(captures) : [],
      files: files.map(([path, content]) => ({ path, hash: hashOf(content) })),
    };
  }
}

interface Look {
  readonly real: DatabaseContent | undefined;
  readonly demo: DatabaseContent | undefined;
  readonly quarantine: ReturnType<typeof readQuarantine>;
  readonly files: readonly { readonly path: string; readonly hash: string }[];
}

function digestOf(summary: PreflightSummary, { real, demo, files }: Look): string {
  const did = {
    measurements: summary.recovered_measurements,
    events: summary.recovered_audit_events,
    buffers: summary.buffers.map(({ status, records, measurements }) => [
      status,
      records,
      measurements,
    ]),
    databases: summary.databases.map(({ state, rebuilt_measurements }) => [
      state,
      rebuilt_measurements,
    ]),
  };
  const rows = [real, demo].map((content) => content?.records.length);
  const names = files.map(({ path }) => path.replace(/\.damaged-.*/, ''));
  return hashOf(JSON.stringify({ did, rows, names }));
}

function hashOf(content: Buffer | string): string {
  return createHash('sha1').update(content).digest('hex');
}
