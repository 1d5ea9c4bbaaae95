/** What the exit code says, for scripts; the same for every command. */
export const EXIT = {
  /** Done, and all is well. */
  ok: 0,
  /** It was looked at and something is wrong, or it could not be done. */
  wrong: 1,
  /** The command line or the configuration has to be corrected. */
  usage: 2,
  /** What was asked for is not there: no such session, no database yet, nothing in that range. */
  notThere: 3,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const USAGE: ReadonlySet<string> = new Set([
  'usage',
  'config_missing',
  'config_syntax',
  'config_invalid',
  'store_foreign',
  'store_too_new',
  'import_foreign',
]);
const NOT_THERE: ReadonlySet<string> = new Set(['not_there', 'store_missing']);

/** @param code of an error of our libraries */
export function exitCodeOf(code: string): ExitCode {
  if (USAGE.has(code)) return EXIT.usage;
  if (NOT_THERE.has(code)) return EXIT.notThere;
  return code === 'interrupted' ? EXIT.interrupted : EXIT.wrong;
}
