/** How one bench is; `elmetron status --json` prints it as it is. Times are UTC, ISO 8601. */
import type { FilesIn } from '../disk/file-sizes.js';
import type { DiskSpace } from '../disk/free-space.js';
import type { ProcessState } from '../health/process-state.js';

export interface Status {
  readonly at: string;
  /** Both processes answer, and both are well. */
  readonly ok: boolean;
  readonly acquisition: ProcessState;
  readonly writer: ProcessState;
  readonly meter: {
    readonly model: string | null;
    readonly serial: string | null;
    readonly port: string | null;
    readonly profile: string | null;
    readonly link: string | null;
    readonly emulated: boolean | null;
  };
  /** The one that is being recorded; else the last one in the databases. */
  readonly session: {
    readonly session_uid: string;
    readonly started_at: string | null;
    readonly open: boolean;
    readonly measurements: number;
  } | null;
  readonly readings_per_second: number | null;
  readonly last_reading: {
    readonly captured_at: string;
    readonly value: number | null;
    readonly unit: string;
    readonly temperature: number | null;
    readonly temperature_unit: string;
  } | null;
  readonly lag: {
    /** Records that a consumer has not acknowledged, by its name; null: acquisition does not answer. */
    readonly unacknowledged: Readonly<Record<string, number>> | null;
    /** Records that are not in the database yet; null: the writer does not answer. */
    readonly uncommitted: number | null;
  };
  readonly spool: { readonly bytes: number; readonly max_bytes: number };
  readonly buffers: FilesIn & { readonly last_sync: string | null };
  readonly archive: FilesIn;
  readonly databases: readonly {
    readonly path: string;
    readonly emulated: boolean;
    readonly bytes: number;
    readonly last_commit: string | null;
  }[];
  readonly last_recovery: { readonly at: string; readonly message: string } | null;
  readonly disks: readonly DiskSpace[];
}
