/**
 * Where a database keeps what belongs to a session: asked of the schema itself, so that a table of a later
 * version is archived and removed like those of today.
 */
import type { Database } from 'better-sqlite3';
import { tablesOf } from '../backup/row-counts.js';

export interface SessionTable {
  readonly name: string;
  /** All of its columns, quoted. */
  readonly columns: readonly string[];
  /** Those of its primary key, quoted. */
  readonly key: readonly string[];
  /** Which rows belong to the session @id with the name @uid; undefined: none belongs to a session. */
  readonly belongs: string | undefined;
}

/** In the order in which rows can be put in; taken away, it is the other way round. */
export function sessionTables(db: Database): SessionTable[] {
  return tablesOf(db).map((name) => describe(db, name));
}

function describe(db: Database, name: string): SessionTable {
  const columns = db.pragma(`table_info("${name}")`) as { name: string; pk: number }[];
  const references = db.pragma(`foreign_key_list("${name}")`) as { table: string; from: string }[];
  const conditions = references
    .filter(({ table }) => table === 'sessions')
    .map(({ from }) => `${quoted(from)} = @id`);
  if (name === 'sessions') conditions.push('"id" = @id');
  // Of events that go by a key, and may come before their session.
  if (columns.some((column) => column.name === 'session_uid')) {
    conditions.push('"session_uid" = @uid');
  }
  return {
    name,
    columns: columns.map((column) => quoted(column.name)),
    key: columns.filter(({ pk }) => pk > 0).map((column) => quoted(column.name)),
    belongs: conditions.length === 0 ? undefined : conditions.join(' OR '),
  };
}

function quoted(name: string): string {
  return `"${name}"`;
}

/** The session as statements name it. */
export interface SessionKey {
  readonly id: number;
  readonly uid: string;
}

export function keyOf(db: Database, uid: string): SessionKey | undefined {
  return db
    .prepare<[string], SessionKey>('SELECT id, uid FROM main.sessions WHERE uid = ?')
    .get(uid);
}

/**
 * The name of the first table in which `other`, a database attached under that name, has anything else of
 * the session than the main one; undefined when it has the same rows, value by value.
 */
export function firstDifference(
  db: Database,
  other: string,
  tables: readonly SessionTable[],
  key: SessionKey,
): string | undefined {
  return tables.find((table) => !sameRows(db, other, table, key))?.name;
}

function sameRows(
  db: Database,
  other: string,
  { name, columns, key, belongs }: SessionTable,
  session: SessionKey,
): boolean {
  if (belongs === undefined) return true;
  const number = (sql: string): number =>
    db.prepare<[SessionKey], number>(sql).pluck().get(session) ?? 0;
  const here = number(`SELECT count(*) FROM main."${name}" WHERE ${belongs}`);
  const there = number(`SELECT count(*) FROM ${other}."${name}" WHERE ${belongs}`);
  if (here !== there) return false;
  const joined = key.map((column) => `a.${column} = b.${column}`).join(' AND ');
  const equal = columns.map((column) => `a.${column} IS b.${column}`).join(' AND ');
  // `belongs` goes to one side alone: its columns are among those that have to be equal.
  const same = number(
    `SELECT count(*) FROM (SELECT * FROM main."${name}" WHERE ${belongs}) a
       JOIN ${other}."${name}" b ON ${joined} WHERE ${equal}`,
  );
  return same === here;
}
