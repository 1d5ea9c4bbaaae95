/** A thread for one note: to open a database for writing, and to wait for whoever holds it, takes its time. */
import { parentPort, workerData } from 'node:worker_threads';
import { silentLog, systemClock } from '@elmetron/protocol/offline';
import { annotate, bringJournal, StorageError, type Said } from '@elmetron/storage';

export interface NoteJob {
  /** null: only what stayed behind before is brought into the database. */
  readonly said: Said | null;
  readonly databasePath: string;
  readonly busyTimeoutMs: number;
}

export type NoteResult =
  | {
      readonly kept: true;
      /** The moment that it is about; null when nothing was said. */
      readonly at: string | null;
      readonly stored: boolean;
      readonly reason: string | null;
    }
  | { readonly kept: false; readonly message: string };

async function write({ said, databasePath, busyTimeoutMs }: NoteJob): Promise<NoteResult> {
  const options = { databasePath, busyTimeoutMs, clock: systemClock, log: silentLog };
  try {
    if (said === null) {
      const reason = await bringJournal(options);
      return { kept: true, at: null, stored: reason === null, reason };
    }
    const { annotation, stored, reason } = await annotate(said, options);
    return { kept: true, at: annotation.at, stored, reason };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return { kept: false, message: error.message };
  }
}

parentPort?.postMessage(await write(workerData as NoteJob));
