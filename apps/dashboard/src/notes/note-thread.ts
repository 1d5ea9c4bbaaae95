/** A thread for one note: to open a database for writing, and to wait for whoever holds it, takes its time. */
import { parentPort, workerData } from 'node:worker_threads';
import { silentLog, systemClock } from '@elmetron/protocol/offline';
import { annotate, StorageError, type Said } from '@elmetron/storage';

export interface NoteJob {
  readonly said: Said;
  readonly databasePath: string;
  readonly busyTimeoutMs: number;
}

export type NoteResult =
  | {
      readonly kept: true;
      readonly at: string;
      readonly stored: boolean;
      readonly reason: string | null;
    }
  | { readonly kept: false; readonly message: string };

async function write({ said, databasePath, busyTimeoutMs }: NoteJob): Promise<NoteResult> {
  try {
    const { annotation, stored, reason } = await annotate(said, {
      databasePath,
      busyTimeoutMs,
      clock: systemClock,
      log: silentLog,
    });
    return { kept: true, at: annotation.at, stored, reason };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return { kept: false, message: error.message };
  }
}

parentPort?.postMessage(await write(workerData as NoteJob));
