/** What a verification has found. */
import type { SessionRange } from '../store/index.js';
import type { SessionHoles } from '../store/store.js';

export interface VerifiedDatabase {
  readonly path: string;
  readonly emulated: boolean;
  readonly state: 'sound' | 'missing' | 'damaged' | 'unknown';
  readonly sessions: number;
  readonly measurements: number;
  /** Readings that are not what their raw frame says. */
  readonly contradictory: readonly SessionRange[];
  /** Numbers that neither the database nor a buffer has, and that no event explains. */
  readonly missing: readonly SessionHoles[];
}

/** One buffer, or one archived one. */
export interface VerifiedFile {
  readonly path: string;
  readonly records: number;
  /** Not in the database: of a buffer, on their way; of the archive, missing. */
  readonly absent: number;
  /** In the database with other content, and nobody has told so. */
  readonly conflicts: number;
  /** Lines that are no records any more. */
  readonly damaged_lines: number;
}

export interface VerifyReport {
  /** No problem was found. */
  readonly whole: boolean;
  /** Sentences, each with what it is about. */
  readonly problems: readonly string[];
  /** What was lost or refused and told at the time. */
  readonly known: readonly string[];
  /** Records in buffers that are not in the database yet. */
  readonly on_its_way: number;
  readonly databases: readonly VerifiedDatabase[];
  readonly buffers: readonly (VerifiedFile & { readonly writer_alive: boolean })[];
  readonly archives: readonly VerifiedFile[];
  readonly interrupted: boolean;
}
