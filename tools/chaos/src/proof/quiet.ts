/**
 * When the system has come to rest: every record that was numbered has been delivered, acknowledged and
 * committed, every dead writer's buffer is replayed, every session but the running ones is closed. Says
 * what it still waits for, in words, so that a run that never comes to rest explains itself.
 */
import { join } from 'node:path';
import { openFilesOf, readOrNone } from '@elmetron/rig';
import Database from 'better-sqlite3';
import type { Bench, Place } from '../bench/bench.js';
import type { Player } from '../bench/cast.js';
import { bufferNames, spoolNames } from '../bench/files.js';

interface SessionState {
  readonly uid: string;
  readonly source: string | null;
  readonly end_reason: string | null;
  readonly last_seq: number;
}

/** @param running whether the processes are to be there; false after an orderly stop, when nothing may be left */
export function unrest(bench: Bench, running: boolean): string[] {
  const players = bench.cast.players();
  const waits: string[] = [];
  if (running) {
    for (const { source } of bench.places) {
      const there = players.some(
        ({ role, bench: name }) => role === 'acquisition' && name === source.name,
      );
      if (!there) waits.push(`the acquisition of ${source.name} is not running`);
    }
    if (!players.some(({ role }) => role === 'writer')) waits.push('no writer is running');
    if (players.some(({ role }) => role === 'recovery')) waits.push('a recovery is running');
  } else {
    waits.push(...players.map(({ name, pid }) => `${name} (process ${pid}) is still running`));
  }
  if (waits.length > 0) return waits;

  const sessions = readSessions(bench.configuration.databasePath);
  if (sessions === undefined) return ['the database cannot be read'];
  const open = openSessions(bench, running);
  for (const place of bench.places)
    waits.push(...unrestOf(place, sessions, bench.configuration.spoolDir(place.source)));
  for (const { uid, end_reason } of sessions) {
    if (end_reason === null && !open.has(uid)) waits.push(`session ${uid} is open in the database`);
  }
  const living = runsOf(players);
  for (const name of bufferNames(bench.configuration.capturesDir)) {
    const ofOpenSession = [...open].some((session) => name.startsWith(`session_${session}_`));
    if (!ofOpenSession) waits.push(`the buffer ${name} is still there`);
    else if (![...living].some((run) => name.includes(`_${run}_`))) {
      // Of a session that goes on, and of a writer that is dead: what is in it is still to be replayed.
      waits.push(`the buffer ${name} of a dead writer is still there`);
    }
  }
  return waits;
}

/** The runs of the writers that are alive: each holds the lock of its own open. */
function runsOf(players: readonly Player[]): Set<string> {
  const files = players
    .filter(({ role }) => role === 'writer')
    .flatMap(({ pid }) => openFilesOf(pid));
  return new Set(files.flatMap((path) => /\/run_([^/]+)\.lock$/.exec(path)?.[1] ?? []));
}

/** The sessions that acquisitions still write to: of each the newest that passed, unless its end has passed too. */
export function openSessions(bench: Bench, running: boolean): Set<string> {
  const open = new Set<string>();
  if (!running) return open;
  for (const { witness, source } of bench.places) {
    // Names of sessions sort by time.
    const newest = [...witness.lines.keys()].sort().at(-1);
    const lines = newest === undefined ? undefined : witness.lines.get(newest);
    const ended = [...(lines?.values() ?? [])].some((line) =>
      line.includes('"type":"session_end"'),
    );
    const owned = spoolNames(bench.configuration.spoolDir(source));
    if (newest !== undefined && !ended && owned.some((name) => name.includes(newest)))
      open.add(newest);
  }
  return open;
}

function unrestOf(
  { witness, source }: Place,
  sessions: readonly SessionState[],
  spoolDir: string,
): string[] {
  const waits: string[] = [];
  const stored = new Map(sessions.map(({ uid, last_seq }) => [uid, last_seq]));
  for (const [session, lines] of witness.lines) {
    const passed = Math.max(...lines.keys());
    const [acknowledged, committed] = [
      witness.acknowledged.get(session) ?? -1,
      stored.get(session) ?? -1,
    ];
    if (acknowledged < passed)
      waits.push(
        `record ${passed} of session ${session} is not acknowledged, only ${acknowledged}`,
      );
    if (committed < passed)
      waits.push(
        `record ${passed} of session ${session} is not in the database, only ${committed}`,
      );
  }
  for (const name of spoolNames(spoolDir)) {
    // The start line alone stays as long as the session is open.
    const records = readOrNone(join(spoolDir, name)).split('\n').length - 2;
    if (records > 0)
      waits.push(`${records} records wait in the spool of ${source.name}, in ${name}`);
  }
  return waits;
}

function readSessions(path: string): SessionState[] | undefined {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: 0 });
    return db
      .prepare<[], SessionState>(
        'SELECT session_uid AS uid, source, end_reason, last_seq FROM session_log',
      )
      .all();
  } catch {
    return undefined;
  } finally {
    db?.close();
  }
}
