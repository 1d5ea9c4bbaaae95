/** What keeps the command from doing its work, as opposed to what its work finds. */
export type CrashStatesErrorCode =
  /** `strace` is not there, or may not trace here. */
  | 'strace_missing'
  /** A call may have changed a file in a way that the model does not know. */
  | 'unknown_call'
  /** A line of the trace does not read as one. */
  | 'bad_trace'
  /** A process of a scenario did not do what the scenario needs. */
  | 'scenario_failed'
  /** No scenario, mutant or kind has this name. */
  | 'unknown_name';

export class CrashStatesError extends Error {
  readonly code: CrashStatesErrorCode;

  constructor(code: CrashStatesErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CrashStatesError';
    this.code = code;
  }
}
