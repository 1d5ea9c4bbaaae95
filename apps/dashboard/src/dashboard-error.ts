/** Everything that this process throws on purpose; tests and callers look at `code`, never at the wording. */
export type DashboardErrorCode =
  /** Two of the configurations that the page shows have the same source or name, or mix real and emulated data. */
  | 'benches_clash'
  /** The page cannot listen where it is to. */
  | 'address_unusable'
  /** What was asked is not understood, or beyond its bounds. */
  | 'bad_request'
  /** A token is needed, and none or another one was given. */
  | 'token_needed'
  /** Too many wrong tokens from one place. */
  | 'too_many_tries'
  /** It was asked for under a name that is not ours: a page elsewhere may be behind it. */
  | 'host_refused'
  /** A page of another origin asks. */
  | 'origin_refused'
  | 'not_found'
  | 'session_not_found'
  | 'source_not_found'
  /** The database is there and cannot be read now. */
  | 'database_unavailable'
  /** What was to be noted could not be made durable. */
  | 'note_not_kept'
  /** As many exports as may run at once do. */
  | 'too_many_exports'
  /** As many pages are open, or questions under way, as there may be. */
  | 'busy'
  /** Whoever asked has gone, and nobody waits for the answer. */
  | 'gone';

export class DashboardError extends Error {
  override readonly name = 'DashboardError';
  readonly code: DashboardErrorCode;
  constructor(code: DashboardErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
