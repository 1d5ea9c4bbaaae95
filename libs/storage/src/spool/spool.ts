import type { Clock, Log } from '@elmetron/protocol';
import type { SpoolSession } from './spool-session.js';

export interface SpoolOptions {
  /** Made if it is not there. */
  readonly dir: string;
  /** Over all files. */
  readonly maxBytes: number;
  /** A file that would grow beyond this is followed by a new one. */
  readonly segmentBytes?: number;
  /** Lines kept in memory, over all sessions. */
  readonly cacheRecords?: number;
  readonly clock?: Clock;
  readonly log: Log;
}

/** Being built; the signatures hold. */
export class Spool {
  readonly bytes: number = 0;
  readonly maxBytes: number = 0;
  /** Throws StorageError `lock_held`, `buffer_unwritable`, `buffer_unreadable`. */
  static open(options: SpoolOptions): Promise<Spool> {
    return Promise.reject(new Error(`not built yet: ${options.dir}`));
  }
  /** Those that are not wholly finished and released; what an earlier life left first, oldest first. */
  sessions(): readonly SpoolSession[] {
    return [];
  }
  /** A new session; its start line (without newline) is record 0. Throws `spool_full`, `buffer_unwritable`. */
  begin(session: string, startLine: Uint8Array): SpoolSession {
    throw new Error(`not built yet: ${session} ${startLine.length}`);
  }
  /** `sync` of all sessions. */
  sync(): Promise<void> {
    return Promise.resolve();
  }
  /** Syncs, closes the files and frees the directory. What is not released stays for the next life. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
