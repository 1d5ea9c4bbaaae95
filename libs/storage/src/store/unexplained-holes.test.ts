import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog, systemClock, type SessionRecord } from '@elmetron/protocol';
import { openSqliteStore } from './sqlite-store.js';
import { prepareStatements } from './statements.js';
import type { Store } from './store.js';
import { unexplainedHoles } from './unexplained-holes.js';
import { at, linesOf, MadeSession } from './testing/made-session.js';
import { rowsIn, scratchDirectory } from './testing/scratch.js';

let scratch: ReturnType<typeof scratchDirectory>;
let path: string;
let store: Store;

beforeEach(() => {
  scratch = scratchDirectory();
  path = join(scratch.path, 'elmetron.sqlite');
  store = openSqliteStore({ path, busyTimeoutMs: 20, clock: systemClock, log: silentLog });
});
afterEach(async () => {
  await store.close();
  scratch.remove();
});

const commit = (...records: SessionRecord[]) =>
  store.commit({ lines: linesOf(...records), recovered: false });
const holes = (listed: readonly string[] = [], source = 'bench-1') =>
  store.unexplainedHoles(source, listed);

/** A record of each type, and between them numbers that never came: 2–3, 6, 8. */
function holed(made: MadeSession): SessionRecord[] {
  const { session } = made;
  const records = [made.start(), made.measurement(1), made.event(4), made.metadata(5)];
  return [...records, made.measurement(7), made.end(9, { session, measurement_count: 2 })];
}
const MISSING = [
  { from: 2, to: 3 },
  { from: 6, to: 6 },
  { from: 8, to: 8 },
];

let events = 0;
const say = (
  made: Pick<MadeSession, 'session'> | undefined,
  category: string,
  payload: Record<string, unknown>,
  key = `test:${++events}`,
) =>
  store.recordEvent({
    key,
    ...(made === undefined ? {} : { session: made.session }),
    at: at(0),
    level: 'error',
    category,
    message: 'said',
    payload,
  });

it('finds nothing in whole sessions, whatever they are made of', async () => {
  const made = new MadeSession();
  await commit(made.start(), made.measurement(1), made.event(2), made.metadata(3), made.end(4));
  await commit(...new MadeSession().whole(30));
  // Without metadata of its own, a start has no row but the session's.
  const bare = new MadeSession();
  await commit(bare.start({ metadata: {} }), bare.measurement(1), bare.end(2));
  expect(await holes()).toEqual([]);
});

it('finds the ranges of a session that is over, and of its own source only', async () => {
  const made = new MadeSession();
  const other = new MadeSession();
  await commit(...holed(made));
  await commit(other.start({ source: 'bench-2' }), other.end(2));
  expect(await holes()).toEqual([{ session: made.session, missing: MISSING }]);
  expect(await holes([], 'bench-2')).toEqual([
    { session: other.session, missing: [{ from: 1, to: 1 }] },
  ]);
  expect(await holes([], 'bench-3')).toEqual([]);
});

it('finds nothing any more when the records come after all', async () => {
  const made = new MadeSession();
  await commit(...holed(made));
  await commit(made.measurement(2), made.measurement(3), made.event(8));
  expect(await holes()).toEqual([{ session: made.session, missing: [{ from: 6, to: 6 }] }]);
  await commit(made.metadata(6));
  expect(await holes()).toEqual([]);
});

it('leaves alone a session that goes on: open, or listed by its source', async () => {
  const made = new MadeSession();
  await commit(made.start(), made.measurement(5));
  expect(await holes()).toEqual([]);
  await store.reconcileSessions('bench-1', []);
  expect(await holes([made.session])).toEqual([]);
  expect(await holes()).toEqual([{ session: made.session, missing: [{ from: 1, to: 4 }] }]);
});

it('looks up to the last number there is in a session closed as crashed', async () => {
  const whole = new MadeSession();
  await commit(whole.start(), whole.measurement(1));
  const made = new MadeSession();
  await commit(made.start(), made.measurement(3), made.event(6));
  await store.reconcileSessions('bench-1', []);
  const missing = [
    { from: 1, to: 2 },
    { from: 4, to: 5 },
  ];
  expect(await holes()).toEqual([{ session: made.session, missing }]);
});

it('takes what an event says, in every way in which one says it', async () => {
  const made = new MadeSession();
  await commit(...holed(made));
  await say(made, 'hole', { from: 2, to: 2 });
  expect(await holes()).toMatchObject([{ missing: [{ from: 3, to: 3 }, MISSING[1], MISSING[2]] }]);
  await say(made, 'quarantine', { seq: 6, reason: 'bad_crc' });
  expect(await holes()).toMatchObject([{ missing: [{ from: 3, to: 3 }, MISSING[2]] }]);
  await say(made, 'recovery', { buffer: 'b', missing: [{ from: 3, to: 4 }] });
  expect(await holes()).toMatchObject([{ missing: [MISSING[2]] }]);
  await say(made, 'conflict', { session: made.session, seq: 8, type: 'measurement', line: '' });
  expect(await holes()).toEqual([]);
});

it('takes the list of what a lost database held, of this session only', async () => {
  const made = new MadeSession();
  const other = new MadeSession();
  await commit(...holed(made));
  await commit(other.start(), other.end(2));
  const range = { session_uid: made.session, from_seq: 1, to_seq: 8, measurements: 5 };
  await say(undefined, 'recovery', { lost: [range] }, 'beyond_reach:elmetron.sqlite.damaged-1');
  expect(await holes()).toEqual([{ session: other.session, missing: [{ from: 1, to: 1 }] }]);
});

it('takes no explanation from another session, another kind of event, or what says no numbers', async () => {
  const made = new MadeSession();
  await commit(...holed(made));
  await say(new MadeSession(), 'hole', { from: 0, to: 9 });
  await say(made, 'note', { from: 0, to: 9 });
  await say(made, 'hole', { from: '0', to: 9 });
  await say(made, 'hole', { from: 0, to: 1e300 });
  await say(made, 'hole', { from: 8, to: 2 });
  await say(made, 'recovery', { missing: [null, 3, { from: 1.5, to: 9 }] });
  await say(made, 'hole', { from: 9, to: 4000 });
  // An event with a number is a record of the session and says nothing of others.
  await commit(made.event(10, { category: 'hole', payload: { from: 0, to: 9 } }));
  expect(await holes()).toEqual([{ session: made.session, missing: MISSING }]);
});

it("leaves the predecessor's sessions alone, and those whose source nobody knows", async () => {
  const legacy = new MadeSession('00412/25', 'legacy-14-2025-09-26');
  await store.importLegacy({
    session: legacy.session,
    start: linesOf(legacy.start({ source: 'legacy-import' })).subarray(0, -1),
    lines: [1, 2].map((seq) => linesOf(legacy.measurement(seq)).subarray(0, -1)),
    occurrence: [1, 1],
  });
  await store.reconcileSessions('legacy-import', []);
  const nobodys = new MadeSession();
  await commit(nobodys.measurement(4), nobodys.end(9));
  expect(await holes()).toEqual([]);
  expect(await holes([], 'legacy-import')).toEqual([]);
  await commit(nobodys.start());
  expect(await holes()).toHaveLength(1);
});

it('tells a bounded number at a time, and the rest when these are explained', async () => {
  const many = Array.from({ length: 103 }, () => new MadeSession());
  await commit(...many.flatMap((made) => [made.start(), made.end(2)]));
  const first = await holes();
  expect(first.map(({ session }) => session)).toEqual(
    many.slice(0, 100).map(({ session }) => session),
  );
  for (const { session } of first)
    await say({ session }, 'hole', { missing: [{ from: 1, to: 1 }] });
  expect(await holes()).toHaveLength(3);

  const long = new MadeSession();
  await commit(
    long.start({ source: 'bench-2' }),
    ...Array.from({ length: 1_003 }, (_, i) => long.measurement(2 + 2 * i)),
    long.end(2_007),
  );
  const [told] = await holes([], 'bench-2');
  expect(told?.missing).toHaveLength(1_000);
  await say(long, 'hole', { missing: told?.missing });
  expect(await holes([], 'bench-2')).toEqual([
    { session: long.session, missing: [2_001, 2_003, 2_005].map((n) => ({ from: n, to: n })) },
  ]);
});

it('finds exactly what is neither there nor explained', async () => {
  const LAST = 30;
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: LAST - 1 }));
  const range = fc.tuple(fc.nat({ max: LAST }), fc.nat({ max: 6 }));
  await fc.assert(
    fc.asyncProperty(numbers, fc.array(range, { maxLength: 4 }), async (present, explained) => {
      const made = new MadeSession();
      const source = made.session;
      await commit(made.start({ source }), ...present.map((n) => made.measurement(n)));
      await commit(made.end(LAST));
      for (const [from, more] of explained) await say(made, 'hole', { from, to: from + more });
      const expected = Array.from({ length: LAST }, (_, n) => n).filter(
        (n) =>
          n > 0 &&
          !present.includes(n) &&
          !explained.some(([from, more]) => from <= n && n <= from + more),
      );
      const [found] = await holes([], source);
      const told = (found?.missing ?? []).flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, i) => from + i),
      );
      expect(told).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

it('does not read through a session again whose holes are all explained', async () => {
  const made = new MadeSession();
  await commit(...holed(made));
  const db = new SqliteDatabase(path, { readonly: true });
  const statements = prepareStatements(db);
  let readThrough = 0;
  const { absent } = statements.holes;
  const counting = {
    ...statements,
    holes: {
      ...statements.holes,
      absent: {
        run: () => undefined,
        get: () => undefined,
        all: (range: Parameters<typeof absent.all>[0]) => {
          readThrough++;
          return absent.all(range);
        },
      },
    },
  };
  const found = unexplainedHoles(counting, 'bench-1', []);
  expect(found).toEqual([{ session: made.session, missing: MISSING }]);
  expect(readThrough).toBe(1);
  await say(made, 'hole', { missing: MISSING });
  expect(unexplainedHoles(counting, 'bench-1', [])).toEqual([]);
  expect(readThrough).toBe(1);
  db.close();
});

it('looks in an index that holds only sessions that lack something', async () => {
  await commit(...new MadeSession().whole(1));
  const db = new SqliteDatabase(path, { readonly: true });
  const asked: string[] = [];
  const prepare = db.prepare.bind(db);
  db.prepare = (sql: string) => {
    asked.push(sql);
    return prepare(sql);
  };
  prepareStatements(db);
  db.close();
  const look = asked.find((sql) => sql.includes('row_count < last_seq + 1')) ?? '';
  const plan = rowsIn(path, `EXPLAIN QUERY PLAN ${look}`, 'bench-1', '[]') as { detail: string }[];
  const steps = plan.map(({ detail }) => detail).join('\n');
  expect(steps).toMatch(/SEARCH sessions USING INDEX sessions_incomplete \(source=\?\)/);
  expect(steps).not.toMatch(/SCAN sessions|TEMP B-TREE/);
});
