/** Locks the database as another program would, with a transaction of its own. Never waits within SQLite: the relays must go on. */
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';

/** Resolves to what lets go of it again; undefined when it could not be had within `withinMs`. */
export async function lockDatabase(
  path: string,
  withinMs: number,
): Promise<(() => void) | undefined> {
  const until = performance.now() + withinMs;
  while (performance.now() < until) {
    const db = openOrNot(path);
    if (db !== undefined) {
      return () => {
        db.exec('ROLLBACK');
        db.close();
      };
    }
    await delay(10);
  }
  return undefined;
}

function openOrNot(path: string): Database.Database | undefined {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { fileMustExist: true, timeout: 0 });
    db.exec('BEGIN IMMEDIATE');
    return db;
  } catch {
    db?.close();
    return undefined;
  }
}
