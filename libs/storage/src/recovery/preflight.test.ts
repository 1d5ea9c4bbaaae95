import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bufferFileName, DatabaseLock } from '../buffer/index.js';
import { preflight, type PreflightOptions, type PreflightSummary } from './preflight.js';
import {
  Bench,
  bound,
  linesOf,
  measurements,
  OTHER_RUN,
  OTHER_SESSION,
  RUN,
  SESSION,
  start,
} from './testing/bench.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.end());

async function fly(options: Partial<PreflightOptions> = {}): Promise<PreflightSummary> {
  const { databasePath, demoDatabasePath } = bench;
  try {
    return await preflight({ ...bench.options(), databasePath, demoDatabasePath, ...options });
  } finally {
    await bench.closeStores();
  }
}

/** Records that went the whole way: buffer, store, archive. */
async function archived(
  from: number,
  to: number,
  session = SESSION,
  serial?: string,
): Promise<void> {
  const records = measurements(from, to, session, serial);
  bench.buffer(linesOf([start(session, serial), ...records]), RUN, session, from);
  await bench.recover({ archiveDays: 30 });
  await bench.closeStores();
}

/** Records that only the database has: what the archive kept of them is too old and gone. */
async function storedOnly(from: number, to: number, session = SESSION): Promise<void> {
  const store = await bench.stores.get(false);
  const lines = linesOf([start(session), ...measurements(from, to, session)]);
  await store.commit({ lines, recovered: false });
  await bench.closeStores();
}

function damage(path: string, offset = 4200, length = 4000): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(length, 0x5a), 0, length, offset);
  closeSync(file);
}

/** Without what SQLite lays beside a database while somebody reads it. */
const beside = (): string[] =>
  readdirSync(dirname(bench.databasePath))
    .filter((name) => !/-(?:wal|shm)$/.test(name))
    .sort();
const seqs = (emulated = false): number[] => bench.rows(emulated).map(({ seq }) => seq);
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

it('after a power cut that left zeros for a new buffer is not taken for the loss of a database', async () => {
  bench.buffer(Buffer.alloc(600));
  const first = await fly({ archiveDays: 30 });
  expect(first.buffers).toMatchObject([{ status: 'empty', torn_bytes: 600 }]);
  const second = await fly({ archiveDays: 30 });
  expect(second.buffers).toEqual([]);
  expect(existsSync(bench.databasePath)).toBe(false);
  expect(existsSync(bench.demoDatabasePath)).toBe(false);
});

it.each([
  ['the start line of a buffer', linesOf([start(), ...measurements(1, 2)]).fill(0, 0, 100)],
  ['all of a buffer but its line ends', Buffer.from('\0\n\0\n')],
])(
  'after a power cut that took %s: no database of emulated meters was lost',
  async (_, content) => {
    bench.buffer(content);
    const first = await fly({ archiveDays: 30 });
    expect(first.buffers).toMatchObject([{ status: 'recovered' }]);
    const second = await fly({ archiveDays: 30 });
    expect(second.databases).toMatchObject([{ state: 'sound' }, { state: 'missing' }]);
    expect(existsSync(bench.demoDatabasePath)).toBe(false);
  },
);

it('rebuilds the database of emulated meters from an archive without its start line', async () => {
  const lines = linesOf([start(SESSION, 'EMU00001'), ...measurements(1, 2, SESSION, 'EMU00001')]);
  bench.buffer(lines.fill(0, 0, 100));
  await fly({ archiveDays: 30 });
  rmSync(bench.demoDatabasePath);
  await fly({ archiveDays: 30 });
  expect(seqs(true)).toEqual([1, 2]);
});

it('of a fresh place does nothing and makes nothing', async () => {
  const summary = await fly();
  expect(summary.databases).toMatchObject([
    { path: bench.databasePath, emulated: false, state: 'missing', error: null },
    { path: bench.demoDatabasePath, emulated: true, state: 'missing', error: null },
  ]);
  expect(existsSync(dirname(bench.databasePath))).toBe(false);
});

it('of a sound database only replays the buffers', async () => {
  await archived(1, 3);
  bench.buffer(linesOf([start(), ...measurements(4, 5)]), OTHER_RUN);
  const summary = await fly();
  expect(summary).toMatchObject({
    recovered_measurements: 2,
    databases: [{ state: 'sound', rebuilt_measurements: 0, set_aside: null }, {}],
  });
});

describe('of a deleted database', () => {
  it('rebuilds it from archive and buffers', async () => {
    await archived(1, 20);
    rmSync(dirname(bench.databasePath), { recursive: true });
    bench.buffer(linesOf([start(), ...measurements(21, 25)]), OTHER_RUN);
    const summary = await fly({ archiveDays: 30 });
    expect(summary).toMatchObject({
      recovered_measurements: 5,
      databases: [{ state: 'missing', rebuilt_measurements: 20, error: null }, {}],
    });
    expect(seqs()).toEqual(numbers(1, 25));
    expect(beside()).toEqual(['elmetron.sqlite']);
    expect(bench.names('archive').filter((name) => name.endsWith('.unpacked'))).toEqual([]);
    expect((await fly()).databases[0]).toMatchObject({ state: 'sound', rebuilt_measurements: 0 });
  });

  it('rebuilds each from what is its own', async () => {
    await archived(1, 3);
    await archived(1, 4, OTHER_SESSION, 'EMU00001');
    rmSync(bench.demoDatabasePath);
    const summary = await fly();
    expect(summary.databases).toMatchObject([
      { state: 'sound' },
      { state: 'missing', rebuilt_measurements: 4 },
    ]);
    expect(seqs(true)).toEqual(numbers(1, 4));
    expect(seqs()).toEqual(numbers(1, 3));
  });

  it('goes on where it was cut short, even when a writer has begun a new one', async () => {
    await archived(1, 10);
    await archived(11, 20);
    rmSync(bench.databasePath);
    const stores = {
      get: async (emulated: boolean) => {
        const store = bound(await bench.stores.get(emulated));
        return { ...store, commit: () => Promise.reject(new Error('killed')) };
      },
      close: () => Promise.resolve(),
    };
    expect((await fly({ stores })).databases[0]?.error).toBe('killed');
    await storedOnly(21, 25);
    const summary = await fly();
    expect(summary.databases[0]).toMatchObject({ state: 'sound', rebuilt_measurements: 20 });
    expect(seqs()).toEqual(numbers(1, 25));
  });

  it('stops when it is told to, and goes on the next time', async () => {
    await archived(1, 10);
    rmSync(bench.databasePath);
    await fly({ signal: AbortSignal.abort() });
    expect((await fly()).databases[0]).toMatchObject({ rebuilt_measurements: 10 });
    expect(seqs()).toEqual(numbers(1, 10));
  });

  it('takes what it can of a damaged archive', async () => {
    await archived(1, 400);
    const path = join(bench.captures, 'archive', `${bufferFileName(SESSION, RUN, 1)}.gz`);
    writeFileSync(path, readFileSync(path).subarray(0, -200));
    rmSync(bench.databasePath);
    const [report] = (await fly()).databases;
    expect(report?.unreadable_archives).toHaveLength(1);
    expect(report?.rebuilt_measurements).toBeGreaterThan(200);
  });

  it.each([
    ['head', 0],
    ['checksum', -6],
  ])('takes all of an archive of which only the %s is damaged', async (_, at) => {
    await archived(1, 40);
    const path = join(bench.captures, 'archive', `${bufferFileName(SESSION, RUN, 1)}.gz`);
    const bytes = readFileSync(path);
    const place = at < 0 ? bytes.length + at : at;
    writeFileSync(path, bytes.fill(~(bytes[place] ?? 0), place, place + 1));
    // Damaged rather than gone: an archive whose head is gone does not say which database it is of.
    await bench.closeStores();
    writeFileSync(bench.databasePath, readFileSync(bench.databasePath).fill(0x5a, 100));
    const [report] = (await fly()).databases;
    expect(report?.unreadable_archives).toHaveLength(1);
    expect(report?.rebuilt_measurements).toBe(40);
  });
});

describe('of a damaged database', () => {
  it('sets it aside, rebuilds it, and lists what is beyond reach', async () => {
    await archived(1, 100);
    await storedOnly(200, 300);
    await storedOnly(1, 50, OTHER_SESSION);
    damage(bench.databasePath);
    bench.buffer(linesOf([start(), ...measurements(101, 110)]), OTHER_RUN);
    const summary = await fly();
    expect(summary.recovered_measurements).toBe(10);
    const [report] = summary.databases;
    expect(report).toMatchObject({ state: 'damaged', rebuilt_measurements: 100, error: null });
    expect(report?.set_aside).toMatch(/elmetron\.sqlite\.damaged-\d{8}T\d{6}Z$/);
    expect(existsSync(report?.set_aside ?? '')).toBe(true);
    const [beyond] = report?.beyond_reach ?? [];
    // The damage lies in no row of a measurement.
    expect(beyond?.salvaged).toEqual([
      { session_uid: SESSION, from_seq: 200, to_seq: 300, measurements: 101 },
      { session_uid: OTHER_SESSION, from_seq: 1, to_seq: 50, measurements: 50 },
    ]);
    expect(seqs()).toEqual([...numbers(1, 110), ...numbers(200, 300), ...numbers(1, 50)]);
    expect(JSON.parse(readFileSync(`${report?.set_aside ?? ''}.lost.json`, 'utf8'))).toEqual(
      beyond,
    );
    expect(bench.eventKeys().some((key) => key.startsWith('rebuilt:'))).toBe(true);
    expect(beside().filter((name) => name.includes('owed'))).toEqual([]);
    expect((await fly()).databases[0]).toMatchObject({ state: 'sound', beyond_reach: [] });
  });

  it('takes over exactly what is missing where the file can be read, marked as recovered', async () => {
    await archived(1, 10);
    await storedOnly(11, 20);
    await archived(21, 30);
    await storedOnly(1, 5, OTHER_SESSION);
    // Damage that quick_check sees and reading does not: an index that lacks its entries.
    const db = new SqliteDatabase(bench.databasePath);
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    const page = db
      .prepare<[], { rootpage: number }>(
        "SELECT rootpage FROM sqlite_schema WHERE name = 'annotations_of_session'",
      )
      .get();
    db.prepare("UPDATE sqlite_schema SET rootpage = ? WHERE name = 'sessions_open'").run(
      page?.rootpage,
    );
    db.close();
    const [report] = (await fly()).databases;
    expect(report?.beyond_reach).toEqual([
      {
        set_aside: report?.set_aside,
        unreadable: [],
        lost: [],
        salvaged: [
          { session_uid: SESSION, from_seq: 11, to_seq: 20, measurements: 10 },
          { session_uid: OTHER_SESSION, from_seq: 1, to_seq: 5, measurements: 5 },
        ],
      },
    ]);
    expect(seqs()).toEqual([...numbers(1, 30), ...numbers(1, 5)]);
    expect(bench.rows().every(({ recovered }) => recovered === 1)).toBe(true);
    const aside = basename(report?.set_aside ?? '');
    expect(bench.eventKeys()).toEqual(
      expect.arrayContaining([
        `salvaged:${aside}:${SESSION}`,
        `salvaged:${aside}:${OTHER_SESSION}`,
      ]),
    );
  });

  it('takes over what is missing also where as much is new', async () => {
    await storedOnly(1, 10);
    await storedOnly(21, 30);
    damage(bench.databasePath);
    // The writer before was still to commit some when the next one committed what followed.
    bench.buffer(linesOf([start(), ...measurements(11, 30)]), OTHER_RUN);
    const [report] = (await fly()).databases;
    expect(report?.beyond_reach[0]).toMatchObject({
      salvaged: [{ session_uid: SESSION, from_seq: 1, to_seq: 10, measurements: 10 }],
      lost: [],
    });
    expect(seqs()).toEqual(numbers(1, 30));
  });

  it('lists every number once around a place that cannot be read', async () => {
    await storedOnly(1, 3000);
    const { size } = statSync(bench.databasePath);
    damage(bench.databasePath, Math.floor(size / 8192) * 4096, 8192);
    const [report] = (await fly()).databases;
    const [beyond] = report?.beyond_reach ?? [];
    const ranges = beyond?.lost ?? [];
    expect(ranges.length).toBeGreaterThan(0);
    expect(ranges.every(({ readable }) => !readable)).toBe(true);
    const lost = ranges.flatMap(({ from_seq, to_seq }) => numbers(from_seq, to_seq));
    const salvaged = (beyond?.salvaged ?? []).flatMap(({ from_seq, to_seq }) =>
      numbers(from_seq, to_seq),
    );
    expect(salvaged.length).toBeGreaterThan(2000);
    expect(seqs()).toEqual(salvaged);
    expect([...lost, ...salvaged].sort((a, b) => a - b)).toEqual(numbers(1, 3000));
    expect(bench.eventKeys()).toContain(`beyond_reach:${basename(beyond?.set_aside ?? '')}`);
  });

  it('leaves it alone while a writer has it open, and keeps buffers out of it', async () => {
    await archived(1, 10);
    damage(bench.databasePath);
    bench.buffer(linesOf([start(), ...measurements(11, 12)]), OTHER_RUN);
    const before = readFileSync(bench.databasePath);
    const lock = DatabaseLock.share(bench.databasePath);
    const summary = await fly();
    lock.release();
    expect(summary.databases[0]).toMatchObject({ state: 'damaged', set_aside: null });
    expect(summary.databases[0]?.error).toEqual(expect.any(String));
    expect(summary.failed_recoveries).toBe(1);
    expect(readFileSync(bench.databasePath)).toEqual(before);
    expect((await fly()).recovered_measurements).toBe(2);
    expect(seqs()).toEqual(numbers(1, 12));
  });

  it('keeps old archives for as long as a rebuild still needs them', async () => {
    await archived(1, 10);
    const path = join(bench.captures, 'archive', bench.names('archive')[0] ?? '');
    utimesSync(path, 1_000_000_000, 1_000_000_000);
    damage(bench.databasePath);
    const lock = DatabaseLock.share(bench.databasePath);
    await fly({ archiveDays: 30 });
    lock.release();
    expect(existsSync(path)).toBe(true);
    await fly({ archiveDays: 30 });
    expect(seqs()).toEqual(numbers(1, 10));
    await fly({ archiveDays: 30 });
    expect(existsSync(path)).toBe(false);
  });

  it('changes nothing in a dry run', async () => {
    await archived(1, 10);
    damage(bench.databasePath);
    const before = beside();
    expect((await fly({ dryRun: true })).databases[0]?.state).toBe('damaged');
    expect(beside()).toEqual(before);
  });
});

it('refuses a file that is not ours before it touches anything', async () => {
  await archived(1, 3);
  writeFileSync(bench.demoDatabasePath, 'Dear diary');
  bench.buffer(linesOf([start(), ...measurements(4, 5)]), OTHER_RUN);
  await expect(fly()).rejects.toMatchObject({ code: 'store_foreign' });
  expect(seqs()).toEqual(numbers(1, 3));
  expect(readFileSync(bench.demoDatabasePath, 'utf8')).toBe('Dear diary');
});
