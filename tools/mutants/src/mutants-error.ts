export type MutantsErrorCode =
  /** The text to be replaced is not in the built file, or more than once. */
  | 'patch_does_not_fit'
  /** The tree has not been built. */
  | 'not_built'
  | 'unknown_mutant';

export class MutantsError extends Error {
  readonly code: MutantsErrorCode;

  constructor(code: MutantsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MutantsError';
    this.code = code;
  }
}
