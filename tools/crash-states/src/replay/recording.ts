/** What a scenario left: what its processes did to the disk, in order, and what is known of the records. */
import type { Account } from './account.js';

export type Act =
  /** A process ran under strace; `left` is what then stood on the disk. */
  | {
      readonly kind: 'trace';
      readonly process: string;
      readonly trace: string;
      readonly left: ReadonlyMap<string, Buffer>;
    }
  /** Somebody changed files while no process ran; from then on the disk holds this, durably. */
  | {
      readonly kind: 'edit';
      readonly left: ReadonlyMap<string, Buffer>;
      readonly damaged: readonly Damaged[];
    };

/** A record whose line in a buffer was damaged on purpose: it has to be found in the quarantine. */
export interface Damaged {
  readonly session: string;
  readonly seq: number;
  readonly bytes: Buffer;
}

export interface Recording {
  /** The directory that the processes ran in. */
  readonly directory: string;
  readonly acts: readonly Act[];
  readonly account: Account;
}
