/**
 * The recovery of a built tree, as its `main.ts` wires it, without a process for each state: its own
 * code, loaded from its own files. And the same by its command, to see that both do the same.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stringify } from 'smol-toml';
import { silentLog, systemClock, type Clock, type Log } from '@elmetron/protocol';
import type { preflight, PreflightSummary, Spool, Stores } from '@elmetron/storage';

interface Places {
  readonly database_path: string;
  readonly demo_database_path: string;
  readonly captures_dir: string;
  readonly archive_days: number;
}

/** Where the parts of a state lie, as the default configuration has it. */
export const PLACES = {
  database_path: 'data/elmetron.sqlite',
  demo_database_path: 'data/demo/elmetron.sqlite',
  captures_dir: 'captures',
  spool_dir: 'data/spool',
} as const;

interface Storage {
  readonly preflight: typeof preflight;
  readonly Spool: typeof Spool;
}

type OpenDatabases = (storage: Places, clock: Clock, log: Log) => Stores;

export interface Recovery {
  run(directory: string): Promise<PreflightSummary>;
}

export async function loadStorage(tree: string): Promise<Storage> {
  return (await import(pathToFileURL(join(tree, 'libs/storage/dist/index.js')).href)) as Storage;
}

/** Runs in this process. */
export async function recoveryInside(tree: string, archiveDays: number): Promise<Recovery> {
  const { preflight: run } = await loadStorage(tree);
  const entry = pathToFileURL(join(tree, 'apps/recovery/dist/databases.js')).href;
  const { openDatabases } = (await import(entry)) as { openDatabases: OpenDatabases };
  return {
    run: async (directory) => {
      const places = {
        database_path: join(directory, PLACES.database_path),
        demo_database_path: join(directory, PLACES.demo_database_path),
        captures_dir: join(directory, PLACES.captures_dir),
        archive_days: archiveDays,
      };
      const stores = openDatabases(places, systemClock, silentLog);
      try {
        return await run({
          databasePath: places.database_path,
          demoDatabasePath: places.demo_database_path,
          capturesDir: places.captures_dir,
          archiveDays,
          stores,
          clock: systemClock,
          log: silentLog,
        });
      } finally {
        await stores.close();
      }
    },
  };
}

/** Runs `node apps/recovery/dist/main.js`, as the process manager does. */
export function recoveryByCommand(tree: string, archiveDays: number): Recovery {
  return {
    run: async (directory) => {
      const config = `${directory}.config/app.toml`;
      mkdirSync(dirname(config), { recursive: true });
      writeFileSync(config, stringify({ storage: { archive_days: archiveDays } }));
      const profiles = { cx505: { poll_hex: '012330233023302303', poll_interval_s: 1 } };
      writeFileSync(join(dirname(config), 'protocols.toml'), stringify({ profiles }));
      const entry = join(tree, 'apps/recovery/dist/main.js');
      const child = spawn(process.execPath, [entry, '--config', config, '--json'], {
        cwd: directory,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [output, complaints] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      const line = output.split('\n').find((one) => one.startsWith('{'));
      if (line === undefined) throw new Error(`recovery printed no summary: ${complaints}`);
      return JSON.parse(line) as PreflightSummary;
    },
  };
}
