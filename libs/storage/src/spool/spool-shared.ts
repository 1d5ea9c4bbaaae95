/** What the sessions of one spool share. */
import type { Clock, Log } from '@elmetron/protocol';
import type { RecordCache } from './record-cache.js';
import type { SpoolFiles } from './spool-files.js';
import type { SpoolRoom } from './spool-room.js';

export interface SpoolShared {
  readonly dir: string;
  readonly files: SpoolFiles;
  readonly room: SpoolRoom;
  readonly cache: RecordCache;
  readonly segmentBytes: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Keeps damaged bytes for a person to look at. */
  setAside(path: string, offset: number, bytes: Buffer): void;
  /** The session is finished and released; its files are gone. */
  gone(session: string): void;
}
