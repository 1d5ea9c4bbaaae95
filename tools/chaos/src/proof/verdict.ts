/** What a proof finds: violations of the promise, and the figures that say how much it looked at. */

export type ViolationKind =
  /** Numbered by acquisition, or sent by the meter without a kill that explains it, and not in the database. */
  | 'lost'
  /** Acknowledged to acquisition, and not in the database. */
  | 'acknowledged_absent'
  /** One frame of the meter in two records, or two records under one number. */
  | 'doubled'
  /** In the database with another content than what passed. */
  | 'altered'
  /** In the database, and nobody sent it. */
  | 'invented'
  /** Against the order of the numbers, the times or the meter's own account. */
  | 'out_of_order'
  /** Numbers missing in a session without an event that says so. */
  | 'hole'
  /** A session that has ended and is open in the database, or ended as crashed without a crash. */
  | 'wrong_end'
  /** A buffer, a spool file, something in quarantine, that should not be there. */
  | 'left_over'
  /** The system says by itself that something is wrong with the data. */
  | 'alarm'
  /** SQLite's integrity check. */
  | 'integrity'
  /** The system did not come to rest. */
  | 'restless';

export interface Violation {
  readonly kind: ViolationKind;
  /** What, where and why, for a person. */
  readonly what: string;
}

export interface Figures {
  /** Whole frames by the meters' account. */
  readonly framesSent: number;
  /** Frames that the line itself cut short. */
  readonly framesCut: number;
  readonly sessions: number;
  readonly rows: number;
  /** Records of all types that passed the witnesses. */
  readonly passed: number;
  /** Of these, acknowledged. */
  readonly acknowledged: number;
  /** Whole frames that are in no record. */
  readonly lostOnTheWire: number;
  /** Kills of an acquisition: each may lose one frame. */
  readonly allowedOnTheWire: number;
  readonly explainedHoles: number;
}

export interface Verdict {
  readonly violations: readonly Violation[];
  readonly figures: Figures;
}
