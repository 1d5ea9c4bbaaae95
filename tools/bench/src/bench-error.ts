/** What can go wrong in a bench; the code is what programs go by. */
export type BenchErrorCode =
  /** What the person can mend: exit code 2. */
  | 'usage'
  /** Ctrl-C. */
  | 'interrupted'
  /** What was to be measured did not do its work, so there is no figure. */
  | 'not_done'
  /** What came out is not what went in: a figure of it would be a lie. */
  | 'not_verified';

export class BenchError extends Error {
  override readonly name = 'BenchError';
  readonly code: BenchErrorCode;

  constructor(code: BenchErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
