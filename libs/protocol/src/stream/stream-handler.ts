/** What a consumer of the stream does with it; the writer's intake is one. */

/** Consecutive new lines of one session. */
export interface ReceivedBatch {
  readonly source: string;
  readonly session: string;
  /** The session's `session_start` line, without newline. */
  readonly startLine: Buffer;
  /** The number of the first line. */
  readonly first: number;
  /** How many lines. */
  readonly count: number;
  /** The lines, each ended by a newline, in one piece: to be appended as it is. */
  readonly bytes: Buffer;
  /** The source says that these numbers, just before `first`, are gone for good (a damaged spool). */
  readonly hole?: { readonly from: number; readonly to: number };
}

export interface StreamHandler {
  /**
   * Whether records of this source are wanted; asked at each welcome, before anything of it is handed
   * out. If not, nothing is: all of it stays with its source, which is asked again after a while. All
   * sources are wanted when this is left out.
   */
  wants?(source: string): boolean;
  /** After each welcome: the sessions that the source still owns or owes, oldest first. */
  welcome(source: string, sessions: readonly string[]): void;
  /**
   * New lines: each exactly once in the client's life, in order per session, and each batch joins
   * the one before it (its `hole` included). Left out is only what another run of this consumer has
   * had acknowledged: so the first batch of a session may begin anywhere, and, when the source was
   * restarted between two runs that are both alive, a later one too. Must not throw: what was handed
   * out is the handler's.
   */
  batch(batch: ReceivedBatch): void;
  /** A newer run of this consumer has taken over; this client never says hello to the source again. */
  fenced(source: string): void;
  /** Whether the source answers; for the health state. Called when it changes. */
  connection(state: 'connecting' | 'connected' | 'refused', reason?: string): void;
}
