/** Writes what a person says: into the journal first, then, with all that is there, into the database. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Clock, Log } from '@elmetron/protocol';
import { openLockedStores } from '../store/locked-stores.js';
import { openSqliteStore } from '../store/sqlite-store.js';
import { StorageError } from '../errors.js';
import type { Annotation } from './annotation.js';
import { NotesJournal } from './notes-journal.js';

export interface AnnotateOptions {
  /** The database that holds the session. */
  readonly databasePath: string;
  /** How long to wait for a program that holds it; 5 s. */
  readonly busyTimeoutMs?: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Said {
  readonly session: string;
  /** ms since 1970; now if not said. */
  readonly at?: number;
  readonly author: string | null;
  readonly note?: string;
  readonly key?: string;
  /** Of the key; null takes it back. */
  readonly value?: string | number | null;
}

export interface Annotated {
  readonly annotation: Annotation;
  /** False: it is in the journal, and the database takes it when whoever holds it has finished. */
  readonly stored: boolean;
  /** Why not. */
  readonly reason: string | null;
}

const BUSY_TIMEOUT_MS = 5_000;

/** Durable when it resolves. Throws StorageError `buffer_unwritable`; the database may stay behind. */
export async function annotate(said: Said, options: AnnotateOptions): Promise<Annotated> {
  const { databasePath, clock } = options;
  const now = clock.now();
  const annotation: Annotation = {
    v: 1,
    type: 'annotation',
    uid: randomUUID(),
    session: said.session,
    made_at: new Date(now).toISOString(),
    at: new Date(said.at ?? now).toISOString(),
    author: said.author,
    key: said.key ?? null,
    value: said.value ?? null,
    text: said.note ?? '',
  };
  const journal = new NotesJournal(databasePath);
  await journal.append([annotation]);
  const others = ({ uid }: Annotation): boolean => uid !== annotation.uid;
  const brought = await intoDatabase(journal, options, others, [annotation]);
  if (brought instanceof StorageError) {
    return { annotation, stored: false, reason: brought.message };
  }
  const stored = brought === 1;
  return { annotation, stored, reason: stored ? null : gone(said.session, databasePath) };
}

/**
 * Brings what stayed behind in the journal into the database. Resolves to why it could not; null: nothing is behind
 * that has its session there. A database that is not there is not made.
 */
export async function bringJournal(options: AnnotateOptions): Promise<string | null> {
  const { databasePath } = options;
  if (!existsSync(databasePath)) return null;
  const journal = new NotesJournal(databasePath);
  const all = (): boolean => true;
  const brought = await intoDatabase(journal, options, all, []);
  return brought instanceof StorageError ? brought.message : null;
}

/** Resolves to how many of `more` the database took, or to what is in the way of it. */
async function intoDatabase(
  journal: NotesJournal,
  { databasePath, busyTimeoutMs = BUSY_TIMEOUT_MS, clock, log }: AnnotateOptions,
  which: (annotation: Annotation) => boolean,
  more: readonly Annotation[],
): Promise<number | StorageError> {
  const stores = openLockedStores({
    databasePath,
    demoDatabasePath: databasePath,
    open: async (path) => openSqliteStore({ path, busyTimeoutMs, clock, log }),
  });
  try {
    const store = await stores.get(false);
    // All of it: an earlier note may have stayed behind.
    const { annotations } = await journal.read();
    await store.annotate(annotations.filter(which));
    return await store.annotate(more);
  } catch (error) {
    if (error instanceof StorageError) return error;
    throw error;
  } finally {
    await stores.close();
  }
}

/** It was there when somebody looked it up: `removeSessions` was faster. */
function gone(session: string, databasePath: string): string {
  return `Session ${session} is not in ${databasePath} any more; the note waits for it.`;
}
