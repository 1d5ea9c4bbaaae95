import type { OutboxBatch, StreamSession } from '@elmetron/protocol';

/** Numbers that the spool had and lost to damage; at most these. */
export interface SpoolHole {
  readonly from: number;
  readonly to: number;
}

/** One session in the spool. All calls but `sync` are synchronous. */
export interface SpoolSession extends StreamSession {
  readonly session: string;
  /** The `session_start` line, without newline. */
  readonly startLine: Buffer;
  /** The lowest number that is still kept (0 after `begin`); `last + 1` when all is released. */
  readonly first: number;
  /** The highest number appended, or found by an earlier life. */
  readonly last: number;
  /** Bytes of its files. */
  readonly bytes: number;
  /** True when nothing can be appended any more: after `finish`, or when an earlier life left it. */
  readonly finished: boolean;
  /** What damage took, as far as it is not released; lowest first. */
  readonly holes: readonly SpoolHole[];
  /** Clock.monotonic() at which the oldest record that is neither released nor synced was appended. */
  readonly oldestUnsyncedAt: number | undefined;
  /**
   * Appends the record of number `last + 1`; line without newline. Throws StorageError
   * `spool_full` or `buffer_unwritable` with nothing half written: the number is still free.
   */
  append(line: Uint8Array): void;
  /** Records after `after`, at least one if there is any, never over a hole. Throws `buffer_unreadable`. */
  read(
    after: number,
    limit: { readonly records: number; readonly bytes: number },
  ): OutboxBatch | undefined;
  /** Nobody needs the records up to `seq` any more. A number above `last` counts as `last`. */
  release(seq: number): void;
  /**
   * Makes what was appended and not yet released durable. Throws StorageError `sync_failed` after
   * having put the records into a fresh file: report it, and call again.
   */
  sync(): Promise<void>;
  /** No more appends; the files go when all is released. */
  finish(): void;
}
