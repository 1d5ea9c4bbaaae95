/**
 * The store: where records rest for good. One implementation so far (SQLite); nothing outside
 * `store/` knows SQL. All methods may reject with a StorageError whose code says whether trying
 * again makes sense (`store_locked`, `store_unwritable`) or not.
 */

import type { LineTable } from '@elmetron/protocol/offline';
import type { Annotation } from '../annotations/annotation.js';

export interface CommitBatch {
  /**
   * Whole record lines, each ended by a newline, in one piece of memory or several; every line has passed
   * `decodeLine`. Sessions may be mixed.
   */
  readonly lines: Uint8Array | readonly Uint8Array[];
  /**
   * What `LineScanner` says of the lines, piece by piece, where whoever has checked them has it at hand; without
   * it the store looks for itself.
   */
  readonly tables?: readonly LineTable[];
  /** True when the rows come from a buffer that a dead writer left. */
  readonly recovered: boolean;
}

/** The memory that a batch's lines lie in, in its order. */
export function piecesOf({ lines }: CommitBatch): readonly Uint8Array[] {
  return lines instanceof Uint8Array ? [lines] : lines;
}

export interface LegacyBatch {
  readonly session: string;
  /** The session_start line made for the session; undefined: it is here already, under a start that stays. */
  readonly start: Uint8Array | undefined;
  readonly lines: readonly Uint8Array[];
  /** For each line: it is the how-manieth (from 1) with this time and frame in its source. */
  readonly occurrence: readonly number[];
}

/** A key (session, seq) that the store holds with other content: an alarm, never overwritten. */
export interface Conflict {
  readonly session: string;
  readonly seq: number;
  /** The line that was refused, without newline. */
  readonly line: Uint8Array;
}

export interface CommitResult {
  /** Rows new to the store, of all types; a session_start counts as one. */
  readonly inserted: number;
  readonly insertedMeasurements: number;
  readonly insertedAuditEvents: number;
  /** Records that the store had already, with the same content. */
  readonly replayed: number;
  readonly conflicts: readonly Conflict[];
}

/** An event of the writer or of recovery: no sequence number, but a key that makes it happen once. */
export interface StoreEvent {
  /** Buffer and cause, e.g. `recovered:session_…_buffer.jsonl`; a second event of the same key is ignored. */
  readonly key: string;
  /** The session it belongs to, if any; a session that the store does not know is allowed. */
  readonly session?: string;
  /** UTC, ISO 8601 with ms. */
  readonly at: string;
  readonly level: 'info' | 'warning' | 'error';
  readonly category: string;
  readonly message: string;
  readonly payload: Record<string, unknown>;
}

/** How whole a session is: complete when `rows` (of all types) equals the number after its last seq. */
export interface SessionState {
  readonly session: string;
  readonly source: string | null;
  readonly ended: boolean;
  readonly endReason: string | null;
  readonly lastSeq: number;
  readonly rows: number;
  readonly measurements: number;
  readonly complete: boolean;
}

export interface SequenceRange {
  readonly from: number;
  readonly to: number;
}

/** Numbers that a session should have and has not, ascending. */
export interface SessionHoles {
  readonly session: string;
  readonly missing: readonly SequenceRange[];
}

export interface Store {
  /** One transaction, durable when the promise resolves. Idempotent by (session, seq). */
  commit(batch: CommitBatch): Promise<CommitResult>;
  /**
   * Imports measurements of the predecessor, which had no sequence numbers: a line is inserted
   * only when the session holds fewer rows of the same time and frame than `occurrence` says, so
   * that a file imported twice, or a file and the database it was replayed into, double nothing.
   * `lines[i]` is a v1 measurement line (its seq is ignored: the next free one is given), preceded
   * by one `session_start` line in `start`.
   */
  importLegacy(batch: LegacyBatch): Promise<CommitResult>;
  /** Records an event once by its key. */
  recordEvent(event: StoreEvent): Promise<void>;
  /**
   * Takes what people say of sessions; what is here by its name already is left as it is. Resolves to how
   * many are here now; those of sessions that are not in the store are not.
   */
  annotate(annotations: readonly Annotation[]): Promise<number>;
  /**
   * Makes the open sessions of a source agree with what its acquisition still owns or owes:
   * open ones that are not listed are ended as `crashed` at their last record, listed ones that
   * were closed as `crashed` are opened again. Resolves to the sessions closed.
   */
  reconcileSessions(source: string, listed: readonly string[]): Promise<readonly string[]>;
  sessionState(session: string): Promise<SessionState | undefined>;
  /**
   * The sessions of a source that are over (and not among those listed) and lack numbers up to
   * their last one, without what an event says already: a `hole`, a record in `quarantine` or
   * refused as a `conflict`, what `recovery` missed in a buffer or could not take over. At most
   * 100 sessions and 1,000 ranges of each; what is beyond that comes when these are explained.
   * One look in an index when nothing is missing; else every number of the sessions is read.
   */
  unexplainedHoles(source: string, listed: readonly string[]): Promise<readonly SessionHoles[]>;
  /**
   * Brings every commit so far into the main database file and syncs it. False when a reader or
   * writer kept it from finishing: try again later; only true permits the removal of a buffer.
   */
  checkpoint(): Promise<boolean>;
  close(): Promise<void>;
}

/** Two stores kept apart by the record's own word: emulated meters never mix with real data. */
export interface Stores {
  /** Opened on first use; rejects like the store's own methods when it cannot be opened. */
  get(emulated: boolean): Promise<Store>;
  close(): Promise<void>;
}
