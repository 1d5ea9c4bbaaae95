/** What is asked of a database, answered in a thread: the part of storage's `ReaderThread` that is used here. */
import type { ReaderThread } from '@elmetron/storage';

export type DatabaseReader = Pick<
  ReaderThread,
  | 'sessions'
  | 'session'
  | 'extent'
  | 'metadata'
  | 'annotations'
  | 'events'
  | 'lastEvents'
  | 'curve'
  | 'recent'
  | 'statistics'
  | 'countReadings'
  | 'readings'
  | 'close'
>;

/** Of the database at this path, which need not be there yet. */
export type OpenReader = (path: string) => DatabaseReader;
