/**
 * What the predecessor's database knows of its sessions beside their readings: metadata, note, annotations. All of
 * it is said as people say it today, into the journal of notes first, so that it outlives the database.
 */
import { createHash } from 'node:crypto';
import { NotesJournal } from '../annotations/notes-journal.js';
import type { Annotation } from '../annotations/annotation.js';
import { bringNotes } from '../recovery/database/bring-notes.js';
import type { ImportedSessions } from './import-predecessor.js';
import type { PredecessorDatabase, Row } from './predecessor-database.js';
import { authorOf, EPOCH, noteOf, plainRow, sessionOf, timeOf } from './row-fields.js';
import type { ImportParts, SessionImport } from './session-import.js';

type Metadata = Record<string, string | number>;

export class SessionNotes {
  readonly #from: PredecessorDatabase;

  constructor(from: PredecessorDatabase) {
    this.#from = from;
  }

  /** By the predecessor's number of the session. */
  metadata(): ReadonlyMap<number, Metadata> {
    const all = new Map<number, Metadata>();
    for (const row of this.#from.all('session_metadata')) {
      const id = sessionOf(row);
      const { key, value } = row;
      // A key without a value says nothing.
      if (id === undefined || typeof key !== 'string' || key === '' || value === null) continue;
      const own = all.get(id) ?? {};
      own[key] =
        typeof value === 'number' || typeof value === 'string'
          ? value
          : JSON.stringify(plainRow(row)['value']);
      all.set(id, own);
    }
    return all;
  }

  /** Annotations of no session, which have no place but among the events. */
  *homeless(sessions: ImportedSessions): IterableIterator<Row> {
    for (const row of this.#from.all('annotations'))
      if (!sessions.has(sessionOf(row) ?? NaN)) yield row;
  }

  /** Durable in the journals, and then in the stores, of sessions that are there. */
  async bring(sessions: ImportedSessions, parts: ImportParts): Promise<void> {
    const annotations = this.#all(sessions);
    for (const emulated of [false, true]) {
      const own = annotations.filter((said) => said.emulated === emulated);
      if (own.length === 0) continue;
      const path = emulated ? parts.demoDatabasePath : parts.databasePath;
      const journal = new NotesJournal(path, parts.fs);
      const given = own.map(({ annotation }) => annotation);
      if (parts.dryRun) {
        const known = new Set((await journal.read()).annotations.map(({ uid }) => uid));
        parts.summary.annotations += given.filter(({ uid }) => !known.has(uid)).length;
        continue;
      }
      parts.summary.annotations += await journal.appendNew(given);
      await bringNotes(path, emulated, parts);
    }
  }

  #all(sessions: ImportedSessions): readonly Said[] {
    const metadata = this.metadata();
    const said: Said[] = [];
    for (const [id, session] of sessions) {
      said.push(...factsOf(session, { ...metadata.get(id), ...endOf(session) }));
      const text = session.row?.note?.trim() ?? '';
      if (text !== '') said.push(say(session, ['note', text], session.startedAt, { text }));
    }
    for (const row of this.#from.all('annotations')) {
      const session = sessions.get(sessionOf(row) ?? NaN);
      if (session === undefined) continue;
      const at = timeOf(row) ?? session.startedAt;
      const what = { author: authorOf(row), text: noteOf(row) };
      said.push(say(session, ['annotation', plainRow(row)], at, what));
    }
    return said;
  }
}

interface Said {
  readonly emulated: boolean;
  readonly annotation: Annotation;
}

/**
 * Under a name made of what it is: said again by another import, it is the same.
 * @param source what tells it apart within its session
 */
function say(
  { session, emulated, endedAt }: SessionImport,
  source: unknown,
  at = endedAt ?? EPOCH,
  what: Partial<Pick<Annotation, 'author' | 'key' | 'value' | 'text'>>,
): Said {
  const digest = createHash('sha256')
    .update(JSON.stringify([session, source]))
    .digest('hex');
  const annotation: Annotation = {
    v: 1,
    type: 'annotation',
    uid: `legacy-${digest.slice(0, 32)}`,
    session,
    // Nobody knows when it was written: what people say of the session today is later in any case.
    made_at: at,
    at,
    author: null,
    key: null,
    value: null,
    text: '',
    ...what,
  };
  return { emulated, annotation };
}

/** They hold over what the session's start says, which may come from a buffer and be older. */
function factsOf(session: SessionImport, metadata: Metadata): readonly Said[] {
  return Object.entries(metadata).map(([key, value]) =>
    say(session, ['metadata', key, value], session.endedAt, { key, value }),
  );
}

function endOf({ row }: SessionImport): Metadata {
  const end = row?.ended_at ?? '';
  return end === '' ? {} : { legacy_ended_at: end };
}
