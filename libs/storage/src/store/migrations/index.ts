/**
 * The schema only ever goes forward: each version is one script, run once, never changed after it
 * has been released. `application_id` says that a database is ours, `user_version` how far it is.
 */
import type { Database } from 'better-sqlite3';
import { firstTables } from './0001-first-tables.js';
import { lookForHoles } from './0002-look-for-holes.js';
import { whatPeopleSay } from './0003-what-people-say.js';

/** "ELMT" in the header of the file, where `file` and other tools look for whose database it is. */
export const APPLICATION_ID = 0x454c4d54;

/** The script at index n leads from version n to n + 1. */
export const migrations: readonly string[] = [firstTables, lookForHoles, whatPeopleSay];

/**
 * Brings the database to the last version, in one transaction, and resolves to how many scripts
 * that took. It writes in any case, also when there is nothing to do: what SQLite makes of its
 * settings shows only after a write.
 */
export function migrate(db: Database, scripts: readonly string[] = migrations): number {
  return db
    .transaction(() => {
      // Read inside the transaction: another process may have been a moment faster.
      const version = schemaVersion(db);
      const missing = scripts.slice(version);
      for (const script of missing) db.exec(script);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${version + missing.length}`);
      return missing.length;
    })
    .immediate();
}

export function schemaVersion(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}
