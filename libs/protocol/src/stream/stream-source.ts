/**
 * What the sending side of the stream needs of the place where unacknowledged records rest.
 * Acquisition's outbox is one; a load generator can be another.
 */

/** A session that the source still owns (open) or owes (not every record is acknowledged). */
export interface StreamSession {
  readonly session: string;
  /** The `session_start` line, without newline; it precedes every (re)delivery of the session. */
  readonly startLine: Buffer;
  /** Highest sequence number that can be read now. */
  readonly last: number;
}

/** Consecutive lines of one session. */
export interface OutboxBatch {
  /** The number before `first` that was sent or released: `first - 1`, but for a known hole. */
  readonly prev: number;
  readonly first: number;
  /** Without newlines; line i has the number `first + i`. */
  readonly lines: readonly Buffer[];
}

export interface StreamSource {
  readonly source: string;
  /** Sessions owned or owed, oldest first; each is delivered whole before the next. */
  sessions(): readonly StreamSession[];
  /** The highest number that this consumer has acknowledged, -1 for none. */
  acknowledged(consumer: string, session: string): number;
  /** Records after `after`, at least one if there is any; undefined when there is none. */
  read(
    session: string,
    after: number,
    limit: { readonly records: number; readonly bytes: number },
  ): OutboxBatch | undefined;
  /** The consumer has every record up to `seq` (and none of a later one) durable. */
  acknowledge(consumer: string, session: string, seq: number): void;
}
