/** Everything that this library throws on purpose; tests and callers look at `code`, never at the wording. */
export type RuntimeErrorCode =
  /** A configuration file is not there or cannot be read. */
  | 'config_missing'
  /** A configuration file is not TOML. */
  | 'config_syntax'
  /** The files are TOML, but keys or values are not allowed; `problems` has them all. */
  | 'config_invalid'
  /** The command line is not understood. */
  | 'usage';

/** One thing that is wrong in a configuration file. */
export interface ConfigProblem {
  readonly file: string;
  /** The key with its table, `storage.archive_days`; empty when the file as a whole is meant. */
  readonly key: string;
  /** What stands there now, as it would stand in the file. */
  readonly found: string;
  /** What may stand there, or what to do about it: the rest of a sentence that begins with the key. */
  readonly allowed: string;
}

export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  readonly code: RuntimeErrorCode;
  readonly problems: readonly ConfigProblem[];
  constructor(
    code: RuntimeErrorCode,
    message: string,
    options: { cause?: unknown; problems?: readonly ConfigProblem[] } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.problems = options.problems ?? [];
  }
}

/** An error whose message is written for the person who runs the process. */
export interface ExpectedError extends Error {
  readonly code: string;
}

/**
 * Whether an error was thrown on purpose by one of our libraries. Their codes are lower-case words
 * (`store_locked`), those of Node, SQLite and ZeroMQ are not (`EACCES`, `SQLITE_BUSY`); going by
 * the shape keeps this library independent of those that throw.
 */
export function isExpectedError(error: unknown): error is ExpectedError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^[a-z]+(?:_[a-z]+)*$/.test(error.code)
  );
}
