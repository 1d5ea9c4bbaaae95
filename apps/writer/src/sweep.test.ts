import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import { Health, type AppConfig } from '@elmetron/runtime';
import { bufferFileName, type Store } from '@elmetron/storage';
import type { Databases } from './databases.js';
import { Sweep } from './sweep.js';
import { measurementLine, SESSION, startLine } from './testing/lines.js';
import { OwnedClock } from './testing/owned-clock.js';

const RUN = '019a0000-0000-7000-8000-0000000000aa';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'elmetron-sweep-'));
  // Only the waiting between two sweeps: their work is on a real disk.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(dir, { recursive: true, force: true });
});

function open() {
  const clock = new OwnedClock();
  /** Whether the store can be checkpointed: when not, its buffers have to stay. */
  const store = { checkpoints: true };
  const told: string[] = [];
  const opened = {
    commit: () =>
      Promise.resolve({
        inserted: 2,
        insertedMeasurements: 1,
        insertedAuditEvents: 0,
        replayed: 0,
        conflicts: [],
      }),
    recordEvent: () => Promise.resolve(),
    checkpoint: () => {
      clock.pass(1_000);
      return Promise.resolve(store.checkpoints);
    },
  } as Partial<Store> as Store;
  const storage = {
    database_path: join(dir, 'data.sqlite'),
    demo_database_path: join(dir, 'demo.sqlite'),
    captures_dir: join(dir, 'captures'),
    archive_days: 0,
  } as Partial<AppConfig['storage']> as AppConfig['storage'];
  const sweep = new Sweep({
    storage,
    databases: {
      stores: { get: () => Promise.resolve(opened), close: () => Promise.resolve() },
      damaged: false,
    } as Partial<Databases> as Databases,
    health: new Health({ log: silentLog, clock }),
    recovered: () => told.push('recovered'),
    nothingLeft: () => told.push('nothing left'),
    clock,
    log: silentLog,
  });
  onTestFinished(() => {
    sweep.stop();
  });
  /** Resolves when the next sweep is over. */
  const next = async (): Promise<void> => {
    vi.advanceTimersToNextTimer();
    await sweep.stopped();
  };
  sweep.start();
  return { told, store, sweep, next };
}

function leftBehind(name = bufferFileName(SESSION, RUN, 1)): string {
  mkdirSync(join(dir, 'captures'), { recursive: true });
  const path = join(dir, 'captures', name);
  writeFileSync(path, Buffer.concat([startLine(), EOL, measurementLine(1), EOL]));
  return path;
}
const EOL = Buffer.from('\n');

test('a sweep that finds nothing, or takes up all that it finds, says that nothing is left', async () => {
  const { told, next } = open();
  await next();
  expect(told).toEqual(['nothing left']);
  leftBehind();
  await next();
  expect(told.slice(1).sort()).toEqual(['nothing left', 'recovered']);
});

test('with a buffer that could not be recovered, something is left', async () => {
  const { told, next } = open();
  const path = leftBehind();
  rmSync(path);
  mkdirSync(path);
  await next();
  expect(told).toEqual([]);
  rmSync(path, { recursive: true });
  await next();
  expect(told).toEqual(['nothing left']);
});

test('with a buffer that has to stay a little longer, something is left', async () => {
  const { told, store, next } = open();
  leftBehind();
  store.checkpoints = false;
  await next();
  expect(told).toEqual([]);
  store.checkpoints = true;
  await next();
  expect(told.sort()).toEqual(['nothing left', 'recovered']);
});

test('with a rebuild that is not finished, something is left', async () => {
  const { told, next } = open();
  const note = join(dir, 'data.sqlite.rebuild-owed');
  writeFileSync(note, '2026-11-22T00:00:00.000Z missing\n');
  await next();
  expect(told).toEqual([]);
  rmSync(note);
  await next();
  expect(told).toEqual(['nothing left']);
});

test('a sweep that was told to stop says nothing', async () => {
  const { told, sweep, next } = open();
  leftBehind();
  const sweeping = next();
  sweep.stop();
  await sweeping;
  expect(told).not.toContain('nothing left');
});
