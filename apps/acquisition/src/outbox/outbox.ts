/**
 * Where numbered records rest until every consumer has them durable. A record is in the spool before
 * anybody hears of it; the spool lets it go when the slowest of the consumers has acknowledged it.
 * What earlier lives of this process left is offered first.
 */
import type { OutboxBatch, StreamSession, StreamSource } from '@elmetron/protocol';
import { StorageError, type Spool, type SpoolSession } from '@elmetron/storage/spool';
import type { SessionKeep } from '../session/session.js';

/** The part of a spool's session that the outbox uses. */
export type KeptSession = Pick<
  SpoolSession,
  'session' | 'startLine' | 'first' | 'last' | 'append' | 'read' | 'release' | 'finish'
>;

/** The part of a spool that the outbox uses. */
export interface OutboxSpool extends Pick<Spool, 'bytes' | 'maxBytes'> {
  sessions(): readonly KeptSession[];
  begin(session: string, startLine: Buffer): KeptSession;
}

export interface OutboxParts {
  readonly source: string;
  /** Names of those who have to acknowledge. */
  readonly consumers: readonly string[];
  readonly spool: OutboxSpool;
  /** A record is in the spool. */
  readonly kept: (line: Buffer) => void;
}

/**
 * Of the spool's bytes, how many are kept free for the last words of a session: that a gap begins,
 * what was in it, and the end, about 400 bytes each. They are written once only until there is room
 * for ordinary records again, when all of the reserve is free again. With the spool's next file comes
 * another start line: once by the last ordinary record, once by the last words.
 */
function reserve(maxBytes: number, startLine: Buffer): number {
  const words = Math.min(65_536, Math.max(4096, Math.floor(maxBytes / 20)));
  return Math.min(words + 2 * (startLine.length + 1), Math.floor(maxBytes / 2));
}

export class Outbox implements StreamSource {
  readonly source: string;
  readonly #parts: OutboxParts;
  /** By session, then by consumer. */
  readonly #acknowledged = new Map<string, Map<string, number>>();
  readonly #progress = new Map<string, number>();

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.source = parts.source;
  }

  /** Throws StorageError `spool_full` or `buffer_unwritable`; then there is no such session. */
  begin(session: string, startLine: Buffer): SessionKeep {
    this.#leaveReserve(startLine, startLine);
    const kept = this.#parts.spool.begin(session, startLine);
    this.#parts.kept(startLine);
    return {
      append: (line, lastWords) => {
        if (!lastWords) this.#leaveReserve(line, startLine);
        kept.append(line);
        this.#parts.kept(line);
      },
      finish: () => {
        kept.finish();
      },
    };
  }

  sessions(): readonly StreamSession[] {
    return this.#parts.spool.sessions();
  }

  acknowledged(consumer: string, session: string): number {
    const known = this.#acknowledged.get(session)?.get(consumer);
    return known ?? (this.#find(session)?.first ?? 0) - 1;
  }

  read(
    session: string,
    after: number,
    limit: { readonly records: number; readonly bytes: number },
  ): OutboxBatch | undefined {
    return this.#find(session)?.read(after, limit);
  }

  acknowledge(consumer: string, session: string, seq: number): void {
    const { consumers } = this.#parts;
    const kept = this.#find(session);
    if (kept === undefined || !consumers.includes(consumer)) return;
    const positions = this.#acknowledged.get(session) ?? new Map<string, number>();
    this.#acknowledged.set(session, positions);
    if (seq <= this.acknowledged(consumer, session)) return;
    positions.set(consumer, Math.min(seq, kept.last));
    this.#progress.set(consumer, (this.#progress.get(consumer) ?? 0) + 1);
    const all = Math.min(...consumers.map((name) => this.acknowledged(name, session)));
    if (all >= kept.first) kept.release(all);
    if (this.#find(session) === undefined) this.#acknowledged.delete(session);
  }

  /** How often an acknowledgement of each consumer has brought it further. */
  progress(): Record<string, number> {
    return Object.fromEntries(this.#progress);
  }

  /** How many records each consumer has not acknowledged yet. */
  unacknowledged(): Record<string, number> {
    return Object.fromEntries(
      this.#parts.consumers.map((consumer) => [
        consumer,
        this.sessions().reduce(
          (sum, { session, last }) => sum + last - this.acknowledged(consumer, session),
          0,
        ),
      ]),
    );
  }

  #find(session: string): KeptSession | undefined {
    return this.#parts.spool.sessions().find((kept) => kept.session === session);
  }

  /** So that a session can always say how it ended and what was not kept, however full the spool. */
  #leaveReserve(line: Buffer, startLine: Buffer): void {
    const { bytes, maxBytes } = this.#parts.spool;
    if (bytes + line.length + 1 <= maxBytes - reserve(maxBytes, startLine)) return;
    throw new StorageError(
      'spool_full',
      `the spool has reached acquisition.spool_max_bytes (${maxBytes}): start the writer, or allow more`,
    );
  }
}
