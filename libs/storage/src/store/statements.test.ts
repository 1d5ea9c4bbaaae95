import { join } from 'node:path';
import type SqliteDatabase from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import { openDatabase } from './open-database.js';
import { prepareStatements } from './statements.js';
import { scratchDirectory } from './testing/scratch.js';

it('finds an imported reading by its time, not by reading its whole session', () => {
  const scratch = scratchDirectory();
  onTestFinished(() => {
    scratch.remove();
  });
  const db = openDatabase({
    path: join(scratch.path, 'a.sqlite'),
    busyTimeoutMs: 50,
    log: silentLog,
  });
  const statement = prepareStatements(db).measurement
    .imported as unknown as SqliteDatabase.Statement;
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${statement.source}`).all(1, 2, Buffer.from([3]));
  db.close();
  expect(JSON.stringify(plan)).toContain('(session_id=? AND captured_ms=?)');
});
