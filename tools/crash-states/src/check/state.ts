/** What a checking process is told, and what it answers. All of it can be sent between processes. */
import type { KnownLine } from '../replay/account.js';
import type { Owed } from '../replay/obligations.js';

/** What is the same for every state of a recording. */
export interface CheckSetting {
  /** Root of the built tree whose recovery is tested. */
  readonly tree: string;
  readonly checks: 'database' | 'spool';
  readonly archiveDays: number;
  readonly damagedOnPurpose: boolean;
  readonly capturesUnusable: boolean;
  readonly lines: readonly KnownLine[];
}

/** One disk after a power cut. */
export interface DiskState {
  readonly directories: readonly string[];
  readonly files: readonly { readonly path: string; readonly content: Uint8Array }[];
  readonly owed: Owed;
  /** Somebody took the database away: that it is missing or damaged is no violation. */
  readonly databaseLost: boolean;
}

export interface CheckOptions {
  /** `command`: by `node apps/recovery/dist/main.js`, as a person would. `both`: and they have to agree. */
  readonly how: 'inside' | 'command' | 'both';
}
