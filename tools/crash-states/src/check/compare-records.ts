/**
 * Compares what the databases hold with what the source made and had acknowledged. Every sentence
 * that comes out is a broken promise: lost, altered, invented, doubled, in the wrong database.
 */
import { isDeepStrictEqual } from 'node:util';
import { decodeLine, type SessionRecord } from '@elmetron/protocol';
import type { KnownLine } from '../replay/account.js';
import type { Owed } from '../replay/obligations.js';
import type { DatabaseContent, Row, StoredRecord } from './read-database.js';
import type { SetAsideEntry } from './read-quarantine.js';

export interface Found {
  readonly real: DatabaseContent | undefined;
  readonly demo: DatabaseContent | undefined;
  readonly quarantine: readonly SetAsideEntry[];
}

export class RecordBook {
  readonly #lines = new Map<string, KnownLine>();
  readonly #records = new Map<string, SessionRecord>();
  readonly #emulated = new Set<string>();

  constructor(lines: readonly KnownLine[]) {
    for (const known of lines) {
      const id = idOf(known.session, known.seq);
      this.#lines.set(id, known);
      if (known.kind !== 'record') continue;
      const decoded = decodeLine(known.line);
      if (!decoded.ok) throw new Error(`the source made a bad record: ${decoded.reason}`);
      this.#records.set(id, decoded.record);
      if (decoded.record.type === 'session_start' && decoded.record.emulated) {
        this.#emulated.add(known.session);
      }
    }
  }

  isEmulated(session: string | null): boolean {
    return session !== null && this.#emulated.has(session);
  }

  compare(found: Found, owed: Owed): string[] {
    const stored = new Map<string, StoredRecord>();
    return [
      ...this.#contents(found, stored),
      ...counts(found.real),
      ...counts(found.demo),
      ...this.#missing(found, stored, owed),
    ];
  }

  *#contents(found: Found, stored: Map<string, StoredRecord>): Generator<string> {
    for (const emulated of [false, true]) {
      const content = emulated ? found.demo : found.real;
      if (content === undefined) continue;
      if (content.integrity !== 'ok') yield `integrity_check says: ${content.integrity}`;
      for (const record of content.records) {
        const id = idOf(record.session, record.seq);
        const made = this.#records.get(id);
        if (stored.has(id)) yield `doubled: ${nameOf(record)}`;
        stored.set(id, record);
        if (made === undefined) yield `invented: ${nameOf(record)} was never made by the source`;
        else if (!isDeepStrictEqual({ type: record.type, ...record.fields }, expected(made)))
          yield `altered: ${nameOf(record)} is not what was sent`;
        if (made !== undefined && this.#emulated.has(record.session) !== emulated)
          yield `in the wrong database: ${nameOf(record)}`;
      }
      for (const event of content.events) {
        if (event.category === 'conflict') yield `invented: a conflict was found: ${event.message}`;
      }
    }
  }

  *#missing(
    found: Found,
    stored: ReadonlyMap<string, StoredRecord>,
    owed: Owed,
  ): Generator<string> {
    const excused = new Set(owed.damaged.map(({ session, seq }) => idOf(session, seq)));
    for (const [session, last] of Object.entries(owed.acknowledged)) {
      for (let seq = 0; seq <= last; seq++) {
        const id = idOf(session, seq);
        const known = this.#lines.get(id);
        if (known === undefined) yield `acknowledged, but never made: record ${seq} of ${session}`;
        else if (known.kind === 'poison') {
          if (!isSetAside(known.line, found))
            yield `lost: record ${seq} of ${session}, acknowledged as set aside, is not in the quarantine`;
        } else if (known.kind === 'lost') {
          if (!isExplained(session, seq, found))
            yield `unexplained: nothing says that the source lost record ${seq} of ${session}`;
        } else if (!stored.has(id) && !excused.has(id))
          yield `lost: record ${seq} of ${session} was acknowledged and is not in the database`;
      }
    }
    for (const { session, seq, bytes } of owed.damaged) {
      if (!stored.has(idOf(session, seq)) && !isSetAside(bytes, found))
        yield `lost: the damaged line of record ${seq} of ${session} is not in the quarantine`;
    }
  }
}

/** A session's own figures against its rows. */
function* counts(content: DatabaseContent | undefined): Generator<string> {
  for (const { session, rows, measurements, lastSeq } of content?.sessions ?? []) {
    const own = content?.records.filter((record) => record.session === session) ?? [];
    const measured = own.filter(({ type }) => type === 'measurement').length;
    const last = Math.max(-1, ...own.map(({ seq }) => seq));
    if (rows !== own.length || measurements !== measured || lastSeq !== last) {
      yield `the session ${session} says ${rows} records, ${measurements} measurements, last ${lastSeq}; it has ${own.length}, ${measured}, ${last}`;
    }
  }
}

/** What a record says besides its key. */
function expected(record: SessionRecord): Row {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !KEY.has(name)));
}

const KEY: ReadonlySet<string> = new Set(['v', 'session', 'seq']);

function isSetAside(bytes: Buffer, { quarantine, real, demo }: Found): boolean {
  const wanted = Buffer.from(bytes);
  if (quarantine.some((entry) => entry.bytes.includes(wanted))) return true;
  const events = [...(real?.events ?? []), ...(demo?.events ?? [])];
  return events.some(({ payload }) => payload['bytes_hex'] === wanted.toString('hex'));
}

function isExplained(session: string, seq: number, { quarantine, real, demo }: Found): boolean {
  const events = [...(real?.events ?? []), ...(demo?.events ?? [])];
  const told = events.some(({ category, key, payload }) => {
    const within = Number(payload['from']) <= seq && seq <= Number(payload['to']);
    return category === 'hole' && key.includes(session) && within;
  });
  const kept = quarantine.some(({ origin, reason }) => {
    const [, from, to] = /numbers (\d+) to (\d+) were lost/.exec(reason) ?? [];
    return origin.includes(session) && Number(from) <= seq && seq <= Number(to);
  });
  return told || kept;
}

function idOf(session: string, seq: number): string {
  return `${session}:${seq}`;
}

function nameOf({ type, session, seq }: StoredRecord): string {
  return `${type} ${seq} of ${session}`;
}
