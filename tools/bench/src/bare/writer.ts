/**
 * What the parts cost by themselves: appends what comes, syncs, and acknowledges; every second a transaction takes what
 * came into SQLite. No checks, no records, no recovery.
 */
import { fdatasync, openSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import SqliteDatabase from 'better-sqlite3';
import { Router } from 'zeromq';
import type { BareWriter } from './work.js';

const COMMIT_EVERY_MS = 1000;

const { endpoint, file, database } = JSON.parse(process.argv[2] ?? '{}') as BareWriter;
const sync = promisify(fdatasync);
const fd = openSync(file, 'ax');
const db = new SqliteDatabase(database);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec('CREATE TABLE readings (number INTEGER PRIMARY KEY, at INTEGER, frame TEXT)');
const insert = db.prepare('INSERT INTO readings VALUES (?, ?, ?)');
const rows: [number, number, string][] = [];
const commit = db.transaction(() => {
  for (const row of rows.splice(0)) insert.run(...row);
});
setInterval(() => {
  if (rows.length > 0) commit.immediate();
}, COMMIT_EVERY_MS);
process.on('SIGTERM', () => {
  commit.immediate();
  db.close();
  process.exit(0);
});

const socket = new Router();
await socket.bind(endpoint);
let number = 0;
for await (const [peer, frame] of socket) {
  if (peer === undefined || frame === undefined) continue;
  const text = frame.toString('latin1');
  writeSync(fd, `${JSON.stringify({ number, frame: text })}\n`);
  await sync(fd);
  rows.push([number, Date.now(), text]);
  await socket.send([peer, String(number)]);
  number += 1;
}
