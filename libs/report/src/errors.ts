/** Everything that this library throws on purpose; tests and callers look at `code`, never at the wording. */
export type ReportErrorCode =
  /** The tz database knows no zone of that name. */
  'unknown_time_zone';

export class ReportError extends Error {
  override readonly name = 'ReportError';
  readonly code: ReportErrorCode;
  constructor(code: ReportErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
