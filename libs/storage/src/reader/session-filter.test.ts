import SqliteDatabase from 'better-sqlite3';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MadeSession } from '../store/testing/made-session.js';
import type { LoggedSession } from './rows.js';
import { MadeDatabase } from './testing/made-readings.js';

let database: MadeDatabase;
beforeEach(() => {
  database = new MadeDatabase();
});
afterEach(() => database.close());

const found = (text: string) =>
  database.reader.sessions({ text }).map(({ session_uid }) => session_uid);

describe('a text', () => {
  it('is looked for in all that a session says of itself, in whatever case', async () => {
    const one = new MadeSession('00411/25', '0199aaaa-0000-7000-8000-000000000001');
    const two = new MadeSession('00777/25', '0199bbbb-0000-7000-8000-000000000002');
    await database.add(one, [one.start({ profile: 'CX505-long', source: 'bench-1' })]);
    await database.add(two, [
      two.start({ source: 'Stół 2', metadata: { operator: 'Żaneta', batch: 4711 } }),
    ]);
    for (const text of ['0199AAAA', '00411/25', '411', 'cx505-LONG', 'Bench-1', 'Ada']) {
      expect([text, found(text)]).toEqual([text, [one.session]]);
    }
    for (const text of ['STÓŁ', 'żANETA', 'z\u0307aneta', '471', '0199bbbb']) {
      expect([text, found(text)]).toEqual([text, [two.session]]);
    }
    expect(found('cx-505')).toEqual([two.session, one.session]);
    expect(found('')).toHaveLength(2);
    expect(found('nowhere')).toEqual([]);
  });

  it('is looked for in what people say, notes and values', async () => {
    const made = new MadeSession();
    const other = new MadeSession();
    await database.add(made, [made.start()]);
    await database.add(other, [other.start()]);
    const said = { v: 1, type: 'annotation', session: made.session, author: null } as const;
    const at = '2026-03-01T08:00:00.000Z';
    await database.store.annotate([
      {
        ...said,
        uid: randomUUID(),
        made_at: at,
        at,
        key: null,
        value: null,
        text: 'Neue Pufferlösung',
      },
      {
        ...said,
        uid: randomUUID(),
        made_at: at,
        at,
        key: 'sample',
        value: 'River Wisła',
        text: '',
      },
      { ...said, uid: randomUUID(), made_at: at, at, key: 'dose', value: 12.5, text: '' },
    ]);
    for (const text of ['PUFFERLÖSUNG', 'wisŁa', '12.5']) {
      expect([text, found(text)]).toEqual([text, [made.session]]);
    }
  });

  it('has no letters of its own meaning', async () => {
    const made = new MadeSession();
    await database.add(made, [made.start({ metadata: { purity: '99%', name: "a_b\\c'd" } })]);
    for (const text of ['99%', 'a_b', '\\c', "'", '%']) {
      expect([text, found(text)]).toEqual([text, [made.session]]);
    }
    for (const text of ['9%9', 'axb', '%%', '_', '*', '?']) {
      // There is one low line: that of a_b.
      expect([text, found(text)]).toEqual([text, text === '_' ? [made.session] : []]);
    }
  });

  it('is looked for in a database of an older version too', async () => {
    const made = new MadeSession();
    await database.add(made, [made.start()]);
    const db = new SqliteDatabase(database.path);
    db.prepare("INSERT INTO annotations (session_id, at_ms, text) VALUES (1, 0, 'a note')").run();
    db.exec(`DROP VIEW annotation_log; DROP INDEX annotations_uid;
      ALTER TABLE annotations DROP COLUMN uid; ALTER TABLE annotations DROP COLUMN made_ms;
      ALTER TABLE annotations DROP COLUMN key; ALTER TABLE annotations DROP COLUMN value;
      PRAGMA user_version = 2`);
    db.close();
    expect(found('A Note')).toEqual([made.session]);
  });
});

it('pages, one after the other, give all sessions in their order', async () => {
  const starts = [
    '2026-03-01T08:00:00.000Z',
    '2026-03-01T08:00:00.001Z',
    '2026-03-02T08:00:00.000Z',
  ];
  for (let i = 0; i < 15; i++) {
    const made = new MadeSession();
    await database.add(made, [made.start({ started_at: starts[i % 3]! })]);
  }
  // None but a damaged database has sessions that never said when they began.
  const db = new SqliteDatabase(database.path);
  db.exec('UPDATE sessions SET started_ms = NULL, first_ms = NULL WHERE id % 4 = 0');
  db.close();
  const { reader } = database;
  const all = reader.sessions();
  expect(all.filter(({ started_at }) => started_at === null)).toHaveLength(3);
  expect(all.at(-1)?.started_at).toBeNull();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 16 }), (limit) => {
      const pages: LoggedSession[] = [];
      for (;;) {
        const last = pages.at(-1);
        const before = last && { startedAt: last.started_at, uid: last.session_uid };
        const page = reader.sessions({ limit, ...(before === undefined ? {} : { before }) });
        if (page.length === 0) break;
        pages.push(...page);
      }
      expect(pages).toEqual(all);
    }),
  );
});
