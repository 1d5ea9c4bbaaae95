/** What a person can mend: said in one line and exit code 2, without a stack trace. */
export type MeterErrorCode =
  /** Something that is no symbolic link lies where the pseudo-terminal is to be offered. */
  | 'path_taken'
  /** The pseudo-terminal cannot be made or offered there. */
  | 'no_terminal'
  /** The TCP address is in use or not of this machine. */
  | 'address_unusable'
  /** An option or a command has a value that makes no sense. */
  | 'bad_setting'
  /** A recording is not there, or is none. */
  | 'bad_recording'
  /** The account file cannot be written. */
  | 'account_unwritable';

export class MeterError extends Error {
  override readonly name = 'MeterError';
  readonly code: MeterErrorCode;
  constructor(code: MeterErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
