/** What the two bare processes are given, as JSON, and what they say. */
export interface BareAcquisition {
  /** The serial port. */
  readonly path: string;
  readonly endpoint: string;
  /** Between two polls. */
  readonly intervalMs: number;
}

export interface BareWriter {
  readonly endpoint: string;
  /** What comes is appended to it. */
  readonly file: string;
  readonly database: string;
}

/** One reading's acknowledgement, as it reached the one who polls. */
export interface BareTrip {
  /** The frame, hexadecimal. */
  readonly frame: string;
  /** On the clock of `microsecondsSinceBoot`. */
  readonly acknowledgedUs: number;
}

/** What the one who polls says at its end. */
export interface BareTrips {
  readonly trips: readonly BareTrip[];
}
