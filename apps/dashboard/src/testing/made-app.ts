/** The whole server with what it answers from, without processes, feeds and files. */
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, type Log } from '@elmetron/protocol';
import type { AppConfig } from '@elmetron/runtime';
import { onTestFinished } from 'vitest';
import type { Meter } from '../api/live.js';
import type { DatabaseReader } from '../databases/reader.js';
import { Broadcast } from '../live/broadcast.js';
import { dashboardApp, type App } from '../server/app.js';
import type { DashboardParts } from '../server/parts.js';
import { Archive } from '../sessions/archive.js';
import { Exports } from '../sessions/exports.js';
import { fakeDatabase } from './fake-reader.js';
import { madeConfig } from './made-config.js';
import { OwnedClock } from './owned-clock.js';

export interface MadeApp {
  readonly app: App;
  readonly broadcast: Broadcast;
  readonly clock: OwnedClock;
  /** What was noted, by database. */
  readonly noted: { readonly path: string; readonly said: object }[];
  readonly logged: { readonly level: string; readonly message: string; readonly fields: object }[];
}

export interface Circumstances {
  readonly settings?: Partial<AppConfig['dashboard']>;
  readonly reader?: Partial<DatabaseReader>;
  readonly parts?: Partial<DashboardParts>;
  readonly meters?: readonly Meter[];
  readonly mostPages?: number;
  /** Not built. */
  readonly withoutPage?: boolean;
}

/** Closed when the test has finished. */
export async function madeApp(of: Circumstances = {}): Promise<MadeApp> {
  const clock = new OwnedClock();
  const logged: MadeApp['logged'] = [];
  const noted: MadeApp['noted'] = [];
  const log = keepingLog(logged);
  const broadcast = new Broadcast({
    version: '1.2.3',
    meters: () => of.meters ?? [],
    clock,
    log,
    ...(of.mostPages === undefined ? {} : { mostPages: of.mostPages }),
  });
  const database = fakeDatabase({ path: 'data/elmetron.sqlite', emulated: false }, of.reader);
  const unused = (): never => {
    throw new Error('not in this test');
  };
  const app = await dashboardApp({
    settings: { ...madeConfig().app.dashboard, ...of.settings },
    version: '1.2.3',
    pageDir: pageDir(of.withoutPage === true),
    broadcast,
    history: { of: unused },
    archive: new Archive([database], log),
    exports: new Exports({ program: 'elmetron 1.2.3', log }),
    notebook: {
      write: async (path, said) => {
        noted.push({ path, said });
        return { at: new Date(clock.now()).toISOString(), stored: true, reason: null };
      },
    },
    system: { system: unused, log: unused },
    health: { report: () => ({ status: 'ok', reasons: [] }) },
    clock,
    log,
    ...of.parts,
  });
  onTestFinished(async () => {
    await app.close();
  });
  return { app, broadcast, clock, noted, logged };
}

function keepingLog(logged: MadeApp['logged']): Log {
  const keep = (level: string) => (fields: object, message: string) => {
    logged.push({ level, message, fields });
  };
  return { ...silentLog, info: keep('info'), warn: keep('warn'), error: keep('error') };
}

function pageDir(empty: boolean): string {
  const dir = mkdtempSync(join(tmpdir(), 'elmetron-page-'));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  if (empty) return dir;
  mkdirSync(join(dir, 'assets'));
  writeFileSync(join(dir, 'index.html'), '<!doctype html><title>the page</title>');
  writeFileSync(join(dir, 'assets', 'index-abc.js'), 'void 0;');
  writeFileSync(join(dir, '.hidden'), 'x');
  return dir;
}
