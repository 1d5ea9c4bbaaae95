import { errorCode } from '../buffer/file-system.js';

/** What went wrong, as a sentence for the summary. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * What went wrong, for a log line: without a stack when the error says by a code what it is, because
 * then a person can help, and not a programmer.
 */
export function failureFields(error: unknown): object {
  const code = errorCode(error);
  return code === undefined ? { err: error } : { code, reason: sentence(error) };
}
