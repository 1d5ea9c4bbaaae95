/**
 * The recovery of a built tree, without a process or a thread for each state: its own code, loaded from its
 * own files. And the same by its command, to see that both do the same.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stringify } from 'smol-toml';
import { silentLog, systemClock } from '@elmetron/protocol';
import type {
  openLockedStores,
  openSqliteStore,
  preflight,
  PreflightSummary,
  Spool,
} from '@elmetron/storage';

/** Where the parts of a state lie, as the default configuration has it. */
export const PLACES = {
  database_path: 'data/elmetron.sqlite',
  demo_database_path: 'data/demo/elmetron.sqlite',
  captures_dir: 'captures',
  spool_dir: 'data/spool',
} as const;

interface Storage {
  readonly openLockedStores: typeof openLockedStores;
  readonly openSqliteStore: typeof openSqliteStore;
  readonly preflight: typeof preflight;
  readonly Spool: typeof Spool;
}

export interface Recovery {
  run(directory: string): Promise<PreflightSummary>;
}

export async function loadStorage(tree: string): Promise<Storage> {
  return (await import(pathToFileURL(join(tree, 'libs/storage/dist/index.js')).href)) as Storage;
}

/** Runs in this process. */
export async function recoveryInside(tree: string, archiveDays: number): Promise<Recovery> {
  const storage = await loadStorage(tree);
  const parts = { clock: systemClock, log: silentLog };
  return {
    run: async (directory) => {
      const databases = {
        databasePath: join(directory, PLACES.database_path),
        demoDatabasePath: join(directory, PLACES.demo_database_path),
      };
      const stores = storage.openLockedStores({
        ...databases,
        open: async (path) => storage.openSqliteStore({ path, busyTimeoutMs: 1_000, ...parts }),
      });
      try {
        return await storage.preflight({
          ...databases,
          capturesDir: join(directory, PLACES.captures_dir),
          archiveDays,
          stores,
          ...parts,
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
