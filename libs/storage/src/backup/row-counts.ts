/** How many rows each table has: by what a copy is held against its original, whatever tables there are. */
import type { Database } from 'better-sqlite3';

/** By the table's name. */
export type RowCounts = Readonly<Record<string, number>>;

export function countRows(db: Database): RowCounts {
  return Object.fromEntries(
    tablesOf(db).map((table) => [
      table,
      db.prepare<[], number>(`SELECT count(*) FROM "${table}"`).pluck().get() ?? 0,
    ]),
  );
}

/** What `found` has otherwise than `expected`, as half sentences. */
export function differences(expected: RowCounts, found: RowCounts): string[] {
  const tables = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...tables]
    .filter((table) => expected[table] !== found[table])
    .map((table) => `${found[table] ?? 0} rows of ${table} instead of ${expected[table] ?? 0}`);
}

/** Those of ours, in the order in which they were made: what is referred to comes first. */
export function tablesOf(db: Database): string[] {
  return db
    .prepare<[], string>(
      `SELECT name FROM sqlite_schema
       WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY rowid`,
    )
    .pluck()
    .all();
}
