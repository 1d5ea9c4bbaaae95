/** Everything that the command line throws on purpose; tests and callers look at `code`, never at the wording. */
export type CliErrorCode =
  /** The command line is not understood, or its parts contradict each other. */
  | 'usage'
  /** What was asked for is not there. */
  | 'not_there'
  /** It would overwrite or remove what the person may want to keep; the message has the way out. */
  | 'refused'
  /** It could not be done; nothing is left half done. */
  | 'failed'
  /** Ctrl-C. */
  | 'interrupted';

export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;
  constructor(code: CliErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new CliError('interrupted', 'Interrupted.');
}
