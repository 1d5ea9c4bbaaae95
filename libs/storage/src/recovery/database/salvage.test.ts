/** What only a damaged database has is taken over from it, as far as it can be trusted. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { preflight, type PreflightOptions, type PreflightSummary } from '../preflight.js';
import {
  auditEvent,
  Bench,
  bound,
  end,
  frame,
  linesOf,
  measurements,
  SESSION,
  start,
} from '../testing/bench.js';
import { legacyMeasurement, legacyStart } from '../testing/legacy-lines.js';

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

function change(work: (db: Database) => void): void {
  const db = new SqliteDatabase(bench.databasePath);
  try {
    db.unsafeMode(true);
    work(db);
  } finally {
    db.close();
  }
}

/** Damage that `quick_check` sees and reading does not: an index that lacks its entries. */
function damage(): void {
  change((db) => {
    db.pragma('writable_schema = ON');
    const page = db
      .prepare<[], number>(
        "SELECT rootpage FROM sqlite_schema WHERE name = 'annotations_of_session'",
      )
      .pluck()
      .get();
    db.prepare("UPDATE sqlite_schema SET rootpage = ? WHERE name = 'sessions_open'").run(page);
  });
}

async function stored(): Promise<void> {
  const store = await bench.stores.get(false);
  const records = [start(), ...measurements(1, 20), auditEvent(21), end(22, 20)];
  await store.commit({ lines: linesOf(records), recovered: false });
  await store.recordEvent({
    key: 'of a writer',
    session: SESSION,
    at: '2026-01-02T03:04:05.000Z',
    level: 'error',
    category: 'hole',
    message: 'm',
    payload: { from: 1 },
  });
  await bench.closeStores();
}

const seqs = (): number[] => bench.rows().map(({ seq }) => seq);
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

it('takes over everything that a session has, and a second look finds nothing missing', async () => {
  await stored();
  const before = bench.sessions();
  damage();
  const [report] = (await fly()).databases;
  expect(report).toMatchObject({ error: null, beyond_reach: [{ lost: [], unreadable: [] }] });
  expect(seqs()).toEqual(numbers(1, 20));
  expect(bench.sessions()).toEqual(before.map((row) => ({ ...row, recovered_count: 20 })));
  expect(bench.eventKeys()).toContain('of a writer');
  const store = await bench.stores.get(false);
  expect(await store.sessionState(SESSION)).toMatchObject({ complete: true, rows: 23 });
  // Column by column what the records were: all of them are replays.
  const again = [start(), ...measurements(1, 20), auditEvent(21), end(22, 20)];
  expect(await store.commit({ lines: linesOf(again), recovered: false })).toMatchObject({
    replayed: 23,
    inserted: 0,
    conflicts: [],
  });
});

it('leaves a row that its own raw frame contradicts, and lists it', async () => {
  await stored();
  change((db) => {
    db.exec('UPDATE measurements SET value = 9.99 WHERE seq = 7');
    db.exec("UPDATE measurements SET raw_frame = x'010203' WHERE seq IN (11, 12)");
  });
  damage();
  const [beyond] = (await fly()).databases[0]?.beyond_reach ?? [];
  expect(beyond?.lost).toEqual([
    { session_uid: SESSION, from_seq: 7, to_seq: 7, measurements: 1, readable: true },
    { session_uid: SESSION, from_seq: 11, to_seq: 12, measurements: 2, readable: true },
  ]);
  expect(seqs()).toEqual([...numbers(1, 6), ...numbers(8, 10), ...numbers(13, 20)]);
});

it('killed while it takes over and run again: the list is what it would have been', async () => {
  await stored();
  damage();
  let commits = 0;
  const stores = {
    get: async (emulated: boolean) => {
      const store = bound(await bench.stores.get(emulated));
      return {
        ...store,
        commit: (batch: Parameters<typeof store.commit>[0]) =>
          ++commits > 2 ? Promise.reject(new Error('killed')) : store.commit(batch),
      };
    },
    close: () => Promise.resolve(),
  };
  const batch = { bytes: 4096, records: 4 };
  expect((await fly({ stores, batch })).databases[0]?.error).toBe('killed');
  expect(seqs().length).toBeLessThan(20);
  const [report] = (await fly()).databases;
  expect(report?.beyond_reach).toMatchObject([
    { salvaged: [{ from_seq: 1, to_seq: 20, measurements: 20 }], lost: [] },
  ]);
  expect(seqs()).toEqual(numbers(1, 20));
  const left = readdirSync(dirname(bench.databasePath));
  expect(left.filter((name) => name.includes('.salvage.json'))).toEqual([]);
});

it.each(['the plan', 'the taking over'])(
  'a file that another program holds at the time of %s is taken over the next time',
  async (when) => {
    await stored();
    damage();
    const before = when === 'the plan' ? 'recordEvent' : 'commit';
    const stores = {
      get: async (emulated: boolean) => {
        const store = bound(await bench.stores.get(emulated));
        const killed = (): Promise<never> => Promise.reject(new Error('killed'));
        return { ...store, [before]: killed };
      },
      close: () => Promise.resolve(),
    };
    const [first] = (await fly({ stores })).databases;
    expect(first?.error).toBe('killed');
    const holder = new SqliteDatabase(first?.set_aside ?? '');
    holder.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE');
    expect((await fly()).databases[0]).toMatchObject({
      error: expect.stringContaining('is held by another program') as string,
      beyond_reach: [],
    });
    holder.close();
    const [report] = (await fly()).databases;
    expect(report?.beyond_reach).toMatchObject([
      { salvaged: [{ from_seq: 1, to_seq: 20, measurements: 20 }], lost: [] },
    ]);
    expect(seqs()).toEqual(numbers(1, 20));
  },
  30_000,
);

it("takes over the predecessor's readings as often as they occur, whatever their numbers", async () => {
  const at = (second: number): string => `2025-09-26T13:24:0${second}.000Z`;
  const text = Buffer.concat([
    legacyStart(),
    legacyMeasurement(at(1), frame('1.00')),
    legacyMeasurement(at(1), frame('1.00')),
    legacyMeasurement(at(2), frame('1.00')),
  ]);
  bench.file('session_14_buffer.jsonl', text);
  await bench.recover();
  await bench.closeStores();
  const before = bench.rows();
  expect(before).toHaveLength(3);
  damage();
  await fly();
  expect(bench.rows()).toEqual(before);
  // The same file once more, from a copy: it doubles nothing.
  bench.file('session_14_buffer.jsonl', text);
  expect((await fly()).recovered_measurements).toBe(0);
  expect(bench.rows()).toEqual(before);
});

it('a file in which nothing can be read is listed as such and stays', async () => {
  await stored();
  change((db) => {
    db.pragma('journal_mode = DELETE');
    db.pragma('writable_schema = ON');
    db.exec("DELETE FROM sqlite_schema WHERE name IN ('sessions', 'measurements')");
  });
  damage();
  const [report] = (await fly()).databases;
  expect(report?.error).toBeNull();
  expect(report?.beyond_reach[0]?.unreadable.length).toBeGreaterThan(0);
  expect(existsSync(report?.set_aside ?? '')).toBe(true);
});
