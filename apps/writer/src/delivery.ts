import type { LineTable } from '@elmetron/protocol';
import type { LedgerEntry } from './ack-ledger.js';
import type { SessionIntake } from './session-intake.js';

/** Consecutive records of one session on their way from the stream to the disk. */
export interface Delivery {
  readonly session: SessionIntake;
  /** Whole lines, each ended by a newline; what was set aside is not among them. */
  readonly lines: Buffer;
  /** What they say. */
  readonly table: LineTable;
  readonly records: number;
  /** The delivery is the `session_start` line alone, which every segment of the buffer begins with anyway. */
  readonly isStart: boolean;
  /** The last of the lines is the `session_end`: the session brings nothing more. */
  readonly isEnd: boolean;
  /** Records that cannot be taken; they have to be set aside durably before the acknowledgement. */
  readonly poison: readonly Poison[];
  /** Numbers just before this delivery that the source has lost for good; to be kept likewise. */
  readonly hole?: Hole;
  readonly entry: LedgerEntry;
}

export interface Hole {
  readonly from: number;
  readonly to: number;
}

/** A line that is no record of this session: kept in quarantine, reported, then acknowledged. */
export interface Poison {
  readonly seq: number;
  readonly reason: string;
  readonly bytes: Buffer;
}
