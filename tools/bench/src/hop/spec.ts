/** What the two processes are given, as JSON, and what one of them says. */
export interface EchoSpec {
  readonly endpoint: string;
}

export interface PingSpec {
  /** Where the echo is, and where the relay to it. */
  readonly direct: string;
  readonly relayed: string;
  /** Between an answer and the next question. */
  readonly everyMs: number;
  /** Questions on each way. */
  readonly count: number;
}

/** From a question to its answer, in ms, in order. */
export interface PingTimes {
  readonly directMs: readonly number[];
  readonly relayedMs: readonly number[];
}
